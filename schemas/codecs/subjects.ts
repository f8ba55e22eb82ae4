import { auditEventSchema } from '../generated/audit-event.ts';
import { clinicalEventSchema } from '../generated/clinical-event.ts';
import { sepsisAlertSchema } from '../generated/sepsis-alert.ts';

/** A schema and the subject of the registry that it is a version of. */
export interface Subject {
  readonly subject: string;
  readonly schema: string;
}

/** The subject of a topic's values, by the registry's default naming (TopicNameStrategy). */
const valuesOf = (topic: string): string => `${topic}-value`;

/** Everything that is registered before a worker starts. */
export const SUBJECTS: Readonly<Record<'clinicalEvent' | 'sepsisAlert' | 'auditEvent', Subject>> =
  Object.freeze({
    clinicalEvent: { subject: valuesOf('sepsis.clinical-events.by-patient'), schema: clinicalEventSchema },
    sepsisAlert: { subject: valuesOf('clinical.alerts.sepsis'), schema: sepsisAlertSchema },
    auditEvent: { subject: valuesOf('sepsis.audit'), schema: auditEventSchema },
  });
