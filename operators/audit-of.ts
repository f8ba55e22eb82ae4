import { createHash, createHmac } from 'node:crypto';
import type { AuditEvent } from '../schemas/generated/audit-event.ts';
import type { SepsisAlert } from '../schemas/generated/sepsis-alert.ts';

/** Stands for a patient where no patient may be named: keyed, so that it cannot be looked up by trying. */
export const pseudonymOf = (secret: string, patient: string): string =>
  createHmac('sha256', secret).update(patient).digest('hex').slice(0, 32);

const ACTOR = 'topology';

/**
 * The audit event of an alert record: which decision, by which rule and version, on which evidence.
 * Holds no patient data besides the keyed pseudonym.
 */
export function auditOf(
  secret: string,
): (alert: SepsisAlert) => { readonly key: string; readonly value: AuditEvent } {
  return (alert) => {
    const patientPseudonym = pseudonymOf(secret, alert.patient);
    return {
      key: patientPseudonym,
      value: {
        id: createHash('sha256')
          .update(JSON.stringify([alert.alertId, alert.status, alert.processingTime, alert.trigger]))
          .digest('hex'),
        patientPseudonym,
        alertId: alert.alertId,
        decision: alert.status,
        reason: alert.reason,
        actor: ACTOR,
        rule: alert.rule,
        ruleVersion: alert.ruleVersion,
        score: alert.score,
        peak: alert.peak,
        eventTime: alert.eventTime,
        processingTime: alert.processingTime,
        evidence: alert.criteria.flatMap((criterion) => criterion.evidence.map(({ origin }) => origin)),
        survivorAlertId: alert.survivorAlertId,
      },
    };
  };
}
