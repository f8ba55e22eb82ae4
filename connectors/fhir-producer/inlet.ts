import { isStreamsError } from '../../topology/model/errors.ts';
import { bundleResources, isBundle } from '../files/bundle.ts';
import { member, textOf } from '../files/json-spans.ts';
import type { Answer } from '../http/route.ts';
import type { Refused } from './dead-letter.ts';
import { type Issue, outcome } from './outcome.ts';
import type { Placed, Sending } from './sending.ts';
import { type Shaping, shaped } from './shape.ts';

/** Where something was sent to: `/fhir`, `/fhir/{type}` or `/fhir/{type}/{id}`. */
export interface Asked {
  readonly type: string | undefined;
  readonly id: string | undefined;
}

/** Told how it goes with Kafka, for whoever asks whether the inlet is ready. */
export interface InletWatch {
  /** Something was not acknowledged. */
  failed(code: string): void;
  /** Something was. */
  worked(): void;
}

/** Fewer than may be unacknowledged: a Bundle of any number of entries is taken in. */
const SLICE = 1_000;
/** Dead letters that are named at most. */
const MOST_NAMED = 1_000;

/** Answers of the inlet: 200 when Kafka has acknowledged all, and an OperationOutcome in any case. */
export class Inlet {
  readonly #sending: Sending;
  readonly #shaping: Shaping;
  readonly #watch: InletWatch;

  constructor(sending: Sending, shaping: Shaping, watch: InletWatch) {
    this.#sending = sending;
    this.#shaping = shaping;
    this.#watch = watch;
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
    let letters = 0;
    const refused = ({ place = 1 }: Placed, { reason, detail }: Refused): void => {
      if (++letters > MOST_NAMED) return;
      const diagnostics = `Entry ${place} is a dead letter. ${reason}: ${detail}.`;
      issues.push({ severity: 'warning', code: 'structure', diagnostics });
    };
    const before = this.#sending.acknowledged;
    try {
      for (let from = 0; from < offered.length; from += SLICE)
        await this.#sending.send(offered.slice(from, from + SLICE), refused);
      // What the topology reads nothing of says nothing of Kafka.
      if (this.#sending.acknowledged > before) this.#watch.worked();
    } catch (error) {
      if (!isStreamsError(error)) throw error;
      this.#watch.failed(error.code);
      // Sent again it does no harm: the topology knows a version that it has.
      const diagnostics = `Not acknowledged (${error.code}): send it again.`;
      return outcome(503, [{ severity: 'error', code: 'transient', diagnostics }], { 'Retry-After': '5' });
    }
    const unnamed = letters > MOST_NAMED ? ` ${letters - MOST_NAMED} more dead letters are not named.` : '';
    const diagnostics = `${offered.length - letters} of ${offered.length} taken in.${unnamed}`;
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
  if (fieldOf(json, 'resourceType') !== type) return 'The body is not of the type that the address says.';
  if (id !== undefined && fieldOf(json, 'id') !== id) return 'The body has another id than the address.';
  return undefined;
}

function fieldOf(json: Buffer, name: string): string | undefined {
  const value = member(json, name);
  return value === undefined ? undefined : textOf(value, 0, value.length);
}
