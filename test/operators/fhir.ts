import { from, lastValueFrom, toArray } from 'rxjs';
import { decodeFhir } from '../../operators/decode-fhir.ts';
import { eventRules, type ScreeningRules, screeningRules } from '../../operators/screening-rules.ts';
import { toClinicalEvents } from '../../operators/to-clinical-events.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { DeadLetter, Ignored, type Verdict } from '../../topology/model/outcome.ts';
import type { SourceRecord } from '../../topology/model/record.ts';
import { HOUR, T0 } from './events.ts';

/** A resource as JSON, of whatever shape a feed may send. */
export type Json = Readonly<Record<string, unknown>>;

export const LOINC = 'http://loinc.org';
export const BASE = 'https://ehr.example.org/fhir';

export const coded = (code: string, system: string = LOINC): Json => ({ coding: [{ system, code }] });
export const quantity = (value: unknown, code?: string, more: Json = {}): Json => ({
  value,
  ...(code === undefined ? {} : { system: 'http://unitsofmeasure.org', code, unit: code }),
  ...more,
});

/** A respiratory rate of 24 /min that is right in every respect. `undefined` takes an element away. */
export const observation = (more: Json = {}): Json => ({
  resourceType: 'Observation',
  id: 'obs-1',
  meta: { versionId: '1' },
  status: 'final',
  code: coded('9279-1'),
  subject: { reference: 'Patient/p1' },
  effectiveDateTime: new Date(T0).toISOString(),
  valueQuantity: quantity(24, '/min'),
  ...more,
});

/** An Observation of this code with this value element. */
export const valued = (code: string, value: Json, more: Json = {}): Json =>
  observation({ code: coded(code), valueQuantity: undefined, ...value, ...more });

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A record as it lies in a topic: a resource, or a text that need not be one. */
export const record = (
  value: Json | string,
  more: Partial<SourceRecord<Uint8Array>> = {},
): SourceRecord<Uint8Array> => ({
  topic: 'fhir.observation.vitals',
  partition: 0,
  offset: 0,
  key: null,
  timestamp: T0 + HOUR,
  value: bytes(typeof value === 'string' ? value : JSON.stringify(value)),
  ...more,
});

/** What the two stages of the first sub-topology make of records. */
export async function stages(
  records: readonly SourceRecord<Uint8Array>[],
  own: Partial<ScreeningRules> = {},
): Promise<readonly (ClinicalEvent | Verdict)[]> {
  const rules = screeningRules({ bases: { base: BASE }, ...own });
  const events = toClinicalEvents(eventRules(rules));
  const decoded = from(records).pipe(decodeFhir(rules));
  const out: (ClinicalEvent | Verdict)[] = [];
  for (const made of await lastValueFrom(decoded.pipe(toArray()))) {
    if (made instanceof DeadLetter) out.push(made);
    else out.push(...(await lastValueFrom(from([made]).pipe(events, toArray()))));
  }
  return out;
}

export interface Reading {
  readonly event: ClinicalEvent | undefined;
  /** Reason of the dead letter. */
  readonly dead: string | undefined;
  readonly detail: string | undefined;
  /** Reason why it was ignored, or why the event counts for nothing. */
  readonly ignored: string | undefined;
}

/** What becomes of one resource. */
export async function read(
  value: Json | string,
  own: Partial<ScreeningRules> = {},
  more: Partial<SourceRecord<Uint8Array>> = {},
): Promise<Reading> {
  const made = await stages([record(value, more)], own);
  const dead = made.find((one) => one instanceof DeadLetter);
  return {
    event: made.find(
      (one): one is ClinicalEvent => !(one instanceof DeadLetter) && !(one instanceof Ignored),
    ),
    dead: dead?.reason,
    detail: dead?.detail,
    ignored: made.find((one) => one instanceof Ignored)?.reason,
  };
}

/** Kinds and values that a resource is read as. */
export async function measured(
  value: Json,
  own: Partial<ScreeningRules> = {},
): Promise<readonly (readonly [string, number])[]> {
  const { event } = await read(value, own);
  return (event?.measurements ?? []).map((m) => [m.kind, m.value] as const);
}
