import { createHash } from 'node:crypto';
import type { AuditEvent } from '../../schemas/generated/audit-event.ts';
import { type AlertRecord, markOf } from './alert-record.ts';
import { markText } from './record-mark.ts';

export const ACTOR = 'ehr';

/**
 * The audit event of what the sink did of a record. `SUPPRESSED`: a later record of the same alert was written in its place
 * (`superseded`), or stands on the server already (`older-than-held`). Written twice it has the same id.
 */
export function auditOf(
  record: AlertRecord,
  decision: 'DELIVERED' | 'SUPPRESSED',
  reason: string,
  patientPseudonym: string,
  processingTime: number,
): AuditEvent {
  const { value: alert } = record;
  return {
    id: createHash('sha256')
      .update(JSON.stringify([ACTOR, alert.alertId, markText(markOf(record))]))
      .digest('hex'),
    patientPseudonym,
    alertId: alert.alertId,
    decision,
    reason,
    actor: ACTOR,
    rule: alert.rule,
    ruleVersion: alert.ruleVersion,
    score: alert.score,
    peak: alert.peak,
    eventTime: alert.eventTime,
    processingTime,
    evidence: alert.criteria.flatMap(({ evidence }) => evidence.map(({ origin }) => origin)),
    survivorAlertId: alert.survivorAlertId,
  };
}
