import { createHash } from 'node:crypto';
import type { AuditDecision, AuditEvent } from '../../schemas/generated/audit-event.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Topic } from '../../topology/model/topic.ts';
import type { AlertRecord } from './decided.ts';
import type { AlertFacts } from './patient-pages.ts';
import type { Response } from './respond.ts';

/** Who decides, in the audit trail. */
export const ACTOR = 'pagerduty';

export interface AuditSettings {
  readonly audit: Topic<AuditEvent>;
  /** Keyed pseudonym of a patient, the same as the topology's. */
  readonly pseudonymOf: (patient: string) => string;
}

const encoder = new TextEncoder();

/** Writes decisions about alerts to the audit trail. */
export class Audit {
  readonly #settings: AuditSettings;

  constructor(settings: AuditSettings) {
    this.#settings = settings;
  }

  /** A decision about a record; `key` is the deduplication key that it is about, where there is one. */
  about(
    { value: alert, topic, partition, offset }: AlertRecord,
    decision: AuditDecision,
    reason: string,
    key: string,
    now: number,
  ): readonly [topic: string, record: OutgoingRecord] {
    return this.#event({
      // Sent once more after a crash it is the same decision.
      id: idOf([topic, partition, offset, decision, key, alert.alertId]),
      patient: alert.patient,
      alertId: alert.alertId,
      decision,
      reason,
      facts: alert,
      evidence: alert.criteria.flatMap(({ evidence }) => evidence.map(({ origin }) => origin)),
      survivorAlertId: alert.survivorAlertId,
      now,
    });
  }

  /** What a person did with a page. */
  response(
    patient: string,
    alertId: string,
    facts: AlertFacts,
    { key, kind, at }: Response,
    now: number,
  ): readonly [topic: string, record: OutgoingRecord] {
    return this.#event({
      id: idOf([key, kind, at]),
      patient,
      alertId,
      decision: 'ACKNOWLEDGED',
      reason: kind === 'acknowledged' ? 'acknowledged' : 'resolved-by-people',
      facts,
      evidence: [],
      survivorAlertId: null,
      now,
    });
  }

  #event({
    patient,
    facts,
    now,
    ...of
  }: Pick<AuditEvent, 'id' | 'alertId' | 'decision' | 'reason' | 'evidence' | 'survivorAlertId'> & {
    readonly patient: string;
    readonly facts: AlertFacts;
    readonly now: number;
  }): readonly [topic: string, record: OutgoingRecord] {
    const { audit, pseudonymOf } = this.#settings;
    const patientPseudonym = pseudonymOf(patient);
    const { rule, ruleVersion, score, peak, eventTime } = facts;
    const value = audit.value.encode({
      ...of,
      patientPseudonym,
      actor: ACTOR,
      rule,
      ruleVersion,
      score,
      peak,
      eventTime,
      processingTime: now,
    });
    return [audit.name, { key: encoder.encode(patientPseudonym), value, timestamp: now }];
  }
}

const idOf = (parts: readonly (string | number)[]): string =>
  createHash('sha256')
    .update(JSON.stringify([ACTOR, ...parts]))
    .digest('hex');
