import { type ScreeningRules, screeningRules } from '../../operators/screening-rules.ts';
import { eventTimeOf, type Ordered } from './orders.ts';
import type { EpisodeLine, FactLine, FireLine, StateLine } from './results.ts';
import type { FedRecord } from './screening-run.ts';
import { jsonLinesOf, sharedPath } from './shared-files.ts';

export const BASE = 'https://ehr.example.org/fhir';
const MRN = 'urn:oid:2.16.840.1.113883.19.5';

export const STREAMS: readonly string[] = ['seed7-small', 'seed20260105'];

interface Row {
  readonly topic: string;
  readonly key: string | null;
  readonly offset: number;
  readonly arrival: string;
  readonly value: string | object;
}

interface Quirk {
  readonly offset: number;
  readonly expect: string;
}

export interface Expected {
  readonly episodes: readonly EpisodeLine[];
  readonly fires: readonly FireLine[];
  readonly states: readonly StateLine[];
}

/** A recorded adversarial stream with its independent results. */
export interface Synthetic {
  readonly records: readonly (FedRecord & Ordered)[];
  readonly facts: readonly FactLine[];
  readonly deadLetters: readonly number[];
  readonly any: Expected;
  readonly latest: Expected;
  /** Patient resources with the identifiers that the rules know. */
  readonly patients: readonly object[];
  readonly rules: (own: Partial<ScreeningRules>) => ScreeningRules;
}

const expected = (directory: string, semantic: string): Expected => ({
  episodes: jsonLinesOf<EpisodeLine>(`${directory}/oracle.${semantic}.episodes.jsonl.gz`),
  fires: jsonLinesOf<FireLine>(`${directory}/oracle.${semantic}.fires.jsonl.gz`),
  states: jsonLinesOf<StateLine>(`${directory}/oracle.${semantic}.states.jsonl.gz`),
});

export function synthetic(name: string): Synthetic {
  const directory = sharedPath('oracle/synthetic', name);
  const facts = jsonLinesOf<FactLine>(`${directory}/truth.jsonl.gz`);
  // A patient of another server is named by its address and has no record number here.
  const bare = new Set(facts.map(({ pid }) => pid).filter((pid) => !pid.includes('/')));
  const identifiers = new Map([...bare].map((pid) => [`${MRN}|MRN-${pid}`, pid]));
  return {
    records: jsonLinesOf<Row>(`${directory}/stream.jsonl.gz`).map(fed),
    facts,
    deadLetters: jsonLinesOf<Quirk>(`${directory}/quirks.jsonl.gz`)
      .filter(({ expect }) => expect === 'dead-letter')
      .map(({ offset }) => offset),
    any: expected(directory, 'any'),
    latest: expected(directory, 'latest'),
    patients: [...bare].map((pid) => ({
      resourceType: 'Patient',
      id: pid,
      identifier: [{ system: MRN, value: `MRN-${pid}` }],
    })),
    rules: (own) => screeningRules({ bases: { base: BASE }, identifiers, trustTimestamp: false, ...own }),
  };
}

function fed({ topic, key, offset, arrival, value }: Row): FedRecord & Ordered {
  const time = typeof value === 'string' ? Number.NaN : eventTimeOf(value);
  return {
    topic,
    offset,
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    arrival: Date.parse(arrival),
    eventTime: Number.isNaN(time) ? Date.parse(arrival) : time,
  };
}

/** The oracle's name of a patient: bare for the base, the whole address for another server. */
export const pidOf = (patient: string): string =>
  patient.startsWith(`${BASE}/Patient/`) ? patient.slice(`${BASE}/Patient/`.length) : patient;
