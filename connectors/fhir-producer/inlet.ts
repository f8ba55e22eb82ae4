import { isStreamsError } from '../../topology/model/errors.ts';
import { bundleResources, isBundle } from '../files/bundle.ts';
import { member, textOf } from '../files/json-spans.ts';
import type { Answer } from '../http/route.ts';
import { type Issue, outcome } from './outcome.ts';
import type { Placed, Sending } from './sending.ts';
import { type Shaping, shaped } from './shape.ts';

/** Where something was sent to: `/fhir`, `/fhir/{type}` or `/fhir/{type}/{id}`. */
export interface Asked {
  readonly type: string | undefined;
  readonly id: string | undefined;
}

/** Answers of the inlet: 200 when Kafka has acknowledged all, and an OperationOutcome in any case. */
export class Inlet {
  readonly #sending: Sending;
  readonly #shaping: Shaping;

  constructor(sending: Sending, shaping: Shaping) {
    this.#sending = sending;
    this.#shaping = shaping;
  }

  /** Takes a Bundle or a resource in. */
  async take(body: Uint8Array, asked: Asked): Promise<Answer> {
    const json = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    if (json.length === 0)
      return unfit('The body is empty: a Subscription needs channel.payload application/fhir+json.');
    if (!isJson(json)) return unfit('The body is no JSON in UTF-8.');
    const bundle = isBundle(json);
    const fault = faultOf(json, asked);
    if (fault !== undefined) return unfit(fault);
    const offered: Placed[] = bundle
      ? [...bundleResources(json)].map(({ index, json: value }) => ({ value, place: index + 1 }))
      : [{ value: json }];
    const what = bundle ? undefined : shaped({ value: json }, this.#shaping, 0);
    // Whoever sends a single one is told, and keeps it.
    if (what?.kind === 'bad') return unfit(`${what.reason}: ${what.detail}.`);
    return this.#publish(offered);
  }

  async #publish(offered: readonly Placed[]): Promise<Answer> {
    const issues: Issue[] = [];
    try {
      await this.#sending.send(offered, (_, { reason, detail, place }) => {
        const diagnostics = `Entry ${place ?? 1} is a dead letter. ${reason}: ${detail}.`;
        issues.push({ severity: 'warning', code: 'structure', diagnostics });
      });
    } catch (error) {
      if (!isStreamsError(error)) throw error;
      // Sent again it does no harm: the topology knows a version that it has.
      const diagnostics = `Not acknowledged (${error.code}): send it again.`;
      return outcome(503, [{ severity: 'error', code: 'transient', diagnostics }], { 'Retry-After': '5' });
    }
    const taken = offered.length - issues.length;
    const diagnostics = `${taken} of ${offered.length} taken in.`;
    return outcome(200, [...issues, { severity: 'information', code: 'informational', diagnostics }]);
  }
}

const unfit = (diagnostics: string): Answer =>
  outcome(422, [{ severity: 'error', code: 'structure', diagnostics }]);

function isJson(json: Buffer): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
    return true;
  } catch {
    return false;
  }
}

/** Why the body is not what the address says. */
function faultOf(json: Buffer, { type, id }: Asked): string | undefined {
  if (type === undefined) return undefined;
  if (fieldOf(json, 'resourceType') !== type) return `The body is no ${type}, which the address says.`;
  if (id !== undefined && fieldOf(json, 'id') !== id) return 'The body has another id than the address.';
  return undefined;
}

function fieldOf(json: Buffer, name: string): string | undefined {
  const value = member(json, name);
  return value === undefined ? undefined : textOf(value, 0, value.length);
}
