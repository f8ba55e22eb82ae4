import { type ScreeningRules, screeningRules } from '../../operators/screening-rules.ts';
import { ARRIVAL_HEADER } from '../../schemas/topics.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import { WARD_BASE } from '../ward/frame.ts';
import type { FhirTopic, WardRecord } from '../ward/record.ts';
import { wardPatients } from '../ward/ward.ts';

const encoder = new TextEncoder();

/** The message as a hospital's feed would produce it: FHIR JSON, its own key, the arrival beside it. */
export const messageOf = ({ key, arrival, resource }: WardRecord): OutgoingRecord => ({
  key: key === null ? null : encoder.encode(key),
  value: encoder.encode(JSON.stringify(resource)),
  timestamp: arrival,
  headers: { [ARRIVAL_HEADER]: encoder.encode(String(arrival)) },
});

/** Takes from the ward, in the order of arrival, what has arrived by a time. */
export class WardFeed {
  readonly #records: Iterator<WardRecord>;
  #next: WardRecord | undefined;

  constructor(records: Iterable<WardRecord>) {
    this.#records = records[Symbol.iterator]();
    this.#advance();
  }

  /** Nothing will arrive any more. */
  get over(): boolean {
    return this.#next === undefined;
  }

  /** Messages with an arrival at or before `until` that were not taken yet, by topic. */
  take(until: number): ReadonlyMap<FhirTopic, readonly OutgoingRecord[]> {
    const taken = new Map<FhirTopic, OutgoingRecord[]>();
    for (; this.#next !== undefined && this.#next.arrival <= until; this.#advance()) {
      const { topic } = this.#next;
      const messages = taken.get(topic) ?? [];
      messages.push(messageOf(this.#next));
      taken.set(topic, messages);
    }
    return taken;
  }

  #advance(): void {
    const next = this.#records.next();
    this.#next = next.done === true ? undefined : next.value;
  }
}

/** The screening with its defaults, and what the ward's server says about its patients. */
export function wardRules(ward: { readonly seed: number; readonly patients: number }): ScreeningRules {
  const identifiers = wardPatients(ward).flatMap(({ id = '', identifier = [] }) =>
    identifier.map(({ system = '', value = '' }): [string, string] => [`${system}|${value}`, id]),
  );
  return screeningRules({ bases: { base: WARD_BASE }, identifiers: new Map(identifiers) });
}

/** The bed of a patient reference: all that anybody outside the ward is told. */
export const bedOf = (patient: string): string => patient.slice(patient.lastIndexOf('/') + 1);
