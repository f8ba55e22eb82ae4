import type { Reference } from 'fhir/r4.js';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { isFhirId, SOURCE_SYSTEM } from './names.ts';

/** How resources that are not ours are referred to. */
export interface Referring {
  /** Addresses of the server that is written to, without a slash at the end: what begins with one of them becomes relative. */
  readonly bases: readonly string[];
  /** Types that the server does not hold: they are named by identifier, because a reference to nothing is refused. */
  readonly unheld: ReadonlySet<string>;
}

/** A reference to the resource of a full reference, as the server that is written to has it. */
export function referenceTo(full: string, { bases, unheld }: Referring): Reference {
  const base = bases.find((one) => full.startsWith(`${one}/`));
  const reference = base === undefined ? full : full.slice(base.length + 1);
  const [id = '', type = ''] = reference.split('/').reverse();
  if (!isFhirId(id) || unheld.has(type)) return { type, identifier: { system: SOURCE_SYSTEM, value: full } };
  return { reference };
}

/** The Observations that an alert rests on, each once, in the order of the criteria: full references, beside the patient's. */
export function sourcesOf({ patient, criteria }: SepsisAlert): readonly string[] {
  const beside = patient.slice(0, patient.lastIndexOf('Patient/'));
  const ids = criteria.flatMap(({ observationId, evidence }) => [
    ...evidence.map((one) => one.observationId),
    ...(observationId === null ? [] : [observationId]),
  ]);
  return [...new Set(ids)].map((id) => `${beside}Observation/${id}`);
}
