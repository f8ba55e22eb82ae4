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

/** The type before an id or a search. A contained resource, a `urn:` and an address of something else than FHIR name none. */
const TYPE = /(?:^|\/)([A-Z][A-Za-z]+)(?:\?.*|\/[^/?]*)$/;

/**
 * A reference to the resource of a full reference, as the server that is written to has it. What leads nowhere from there, such
 * as a search or a contained resource, is named by identifier, with its type where that is known: a server that validates
 * refuses whatever names a type that is none.
 */
export function referenceTo(full: string, { bases, unheld }: Referring): Reference {
  const base = bases.find((one) => full.startsWith(`${one}/`));
  const reference = base === undefined ? full : full.slice(base.length + 1);
  const type = TYPE.exec(reference)?.[1];
  const id = reference.slice(reference.lastIndexOf('/') + 1);
  const leads = isFhirId(id) && reference.includes('/') && !reference.includes('?');
  if (leads && (type === undefined || !unheld.has(type))) return { reference };
  const identifier = { system: SOURCE_SYSTEM, value: full };
  return type === undefined ? { identifier } : { type, identifier };
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
