import type { Flag, Identifier, Observation, Provenance, Reference, RiskAssessment } from 'fhir/r4.js';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { ALERT_SYSTEM, RECORD_SYSTEM } from './names.ts';
import { markText, type RecordMark } from './record-mark.ts';
import { type Referring, referenceTo } from './references.ts';

/** The resources that an alert can become. */
export const RESOURCE_TYPES = ['Observation', 'RiskAssessment', 'Flag', 'Provenance'] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** A resource of an alert, with or without an id. */
export type AlertResource = Observation | RiskAssessment | Flag | Provenance;

/** What one record of an alert says, and how to refer to what it names. */
export interface Shaped {
  readonly alert: SepsisAlert;
  readonly mark: RecordMark;
  readonly referring: Referring;
  /** How the resources of the alert refer to each other. */
  readonly ours: (type: ResourceType) => Reference;
}

/** By the first a resource is found, by the second it is told how new it is. */
export const identifiersOf = ({ alert, mark }: Pick<Shaped, 'alert' | 'mark'>): Identifier[] => [
  { use: 'official', system: ALERT_SYSTEM, value: alert.alertId },
  { use: 'secondary', system: RECORD_SYSTEM, value: markText(mark) },
];

/** Whom and which stay a resource is about. */
export function aboutOf({ alert, referring }: Shaped): { subject: Reference; encounter?: Reference } {
  const subject = referenceTo(alert.patient, referring);
  return alert.encounter === null
    ? { subject }
    : { subject, encounter: referenceTo(alert.encounter, referring) };
}

/** Final when it is new; amended by whatever came later; an alert that should never have been is an error. */
export function statusOf({ status }: SepsisAlert): 'final' | 'amended' | 'entered-in-error' {
  if (status === 'RETRACTED') return 'entered-in-error';
  return status === 'RAISED' ? 'final' : 'amended';
}

export const isoOf = (epochMilliseconds: number): string => new Date(epochMilliseconds).toISOString();

/** The episode. Without an end while it lasts: what the alert says of it then is a projection. FHIR's end is inclusive. */
export const periodOf = ({ start, end, status }: SepsisAlert): { start: string; end?: string } =>
  status === 'RESOLVED'
    ? { start: isoOf(start), end: isoOf(Math.max(start, end - 1)) }
    : { start: isoOf(start) };
