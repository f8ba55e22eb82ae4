import { bytes } from '../topology/model/codec.ts';
import { days } from '../topology/model/time.ts';
import { type Topic, topic } from '../topology/model/topic.ts';
import type { Codecs } from './codecs/bind.ts';
import type { AuditEvent } from './generated/audit-event.ts';
import type { ClinicalEvent } from './generated/clinical-event.ts';
import type { SepsisAlert } from './generated/sepsis-alert.ts';

/** Every topic by name. */
export const TOPIC = {
  vitals: 'fhir.observation.vitals',
  labs: 'fhir.observation.labs',
  encounters: 'fhir.encounter',
  medicationRequests: 'fhir.medicationrequest',
  clinicalEvents: 'sepsis.clinical-events.by-patient',
  alerts: 'clinical.alerts.sepsis',
  audit: 'sepsis.audit',
  deadLetters: 'sepsis.dead-letters',
  pages: 'sepsis.pages',
  pageResponses: 'sepsis.pages.responses',
} as const;

/** Header of a FHIR record that was recorded elsewhere: when it arrived there, epoch milliseconds as text. */
export const ARRIVAL_HEADER = 'sepsis-arrival';

export interface Topics {
  readonly vitals: Topic<Uint8Array>;
  readonly labs: Topic<Uint8Array>;
  readonly encounters: Topic<Uint8Array>;
  readonly medicationRequests: Topic<Uint8Array>;
  readonly clinicalEvents: Topic<ClinicalEvent>;
  readonly alerts: Topic<SepsisAlert>;
  readonly audit: Topic<AuditEvent>;
}

/** The catalogue, with the codecs that a Schema Registry was asked for. */
export function topicsOf(codecs: Codecs): Topics {
  return Object.freeze({
    vitals: topic(TOPIC.vitals, bytes),
    labs: topic(TOPIC.labs, bytes),
    encounters: topic(TOPIC.encounters, bytes),
    medicationRequests: topic(TOPIC.medicationRequests, bytes),
    // Real episodes last up to 24 days; a rebuild must reach back before the oldest that is open.
    clinicalEvents: topic(TOPIC.clinicalEvents, codecs.clinicalEvent, {
      internal: true,
      retention: days(45),
    }),
    alerts: topic(TOPIC.alerts, codecs.sepsisAlert),
    audit: topic(TOPIC.audit, codecs.auditEvent),
  });
}
