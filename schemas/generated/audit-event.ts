// Generated from schemas/avro/audit-event.avsc by app/schemas/generate.ts; do not edit.

/**
 * One decision about one alert, by the topology or by a sink. Holds no patient data: the patient is a keyed
 * pseudonym.
 */
export interface AuditEvent {
  /** Identity of the decision. The same decision, written twice, has the same id. */
  readonly id: string;
  /** Keyed pseudonym of the patient; also the key of the record. */
  readonly patientPseudonym: string;
  /** The alert that was decided about. */
  readonly alertId: string;
  /** What was decided. */
  readonly decision: AuditDecision;
  /** Why, as a fixed code: an AlertReason of the topology, or a code of the sink. Never free text. */
  readonly reason: string;
  /** Who decided: name of the topology or of the sink. */
  readonly actor: string;
  /** Name of the rule that scores, for instance qsofa. */
  readonly rule: string;
  /** Version of the rule. */
  readonly ruleVersion: string;
  /**
   * Score of the alert, see SepsisAlert.score.
   * Avro int, 32 bits.
   */
  readonly score: number;
  /**
   * Highest score of the episode so far.
   * Avro int, 32 bits.
   */
  readonly peak: number;
  /**
   * The point in time that the alert is as of, epoch milliseconds (UTC), event time.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly eventTime: number;
  /**
   * When the decision was made, epoch milliseconds (UTC), by the clock of the process.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly processingTime: number;
  /**
   * The FHIR records that the alert rests on, in the order of event time. Empty when the decision rests on
   * none.
   */
  readonly evidence: readonly Origin[];
  /** alertId of the episode that this alert merged into. Null unless it was retracted for that. */
  readonly survivorAlertId: string | null;
}

/**
 * RAISED, ESCALATED, UPDATED, RESOLVED, RETRACTED: the topology wrote an alert of that status. DELIVERED: a
 * sink carried it out, and the other system accepted it. SUPPRESSED: a sink did not, see `reason`.
 * ACKNOWLEDGED: a person acknowledged it. UNKNOWN stands for a decision of a newer schema.
 */
export type AuditDecision = 'UNKNOWN' | 'RAISED' | 'ESCALATED' | 'UPDATED' | 'RESOLVED' | 'RETRACTED' | 'DELIVERED' | 'SUPPRESSED' | 'ACKNOWLEDGED';

/** The symbols of AuditDecision; the index of a symbol is its number in Avro. */
export const AUDIT_DECISION_SYMBOLS: readonly ['UNKNOWN', 'RAISED', 'ESCALATED', 'UPDATED', 'RESOLVED', 'RETRACTED', 'DELIVERED', 'SUPPRESSED', 'ACKNOWLEDGED'] = Object.freeze(['UNKNOWN', 'RAISED', 'ESCALATED', 'UPDATED', 'RESOLVED', 'RETRACTED', 'DELIVERED', 'SUPPRESSED', 'ACKNOWLEDGED'] as const);

/** Where a FHIR record stands in the log. */
export interface Origin {
  /** Name of the topic. */
  readonly topic: string;
  /**
   * Number of the partition, from 0.
   * Avro int, 32 bits.
   */
  readonly partition: number;
  /**
   * Offset of the record in the partition, from 0.
   * Avro long as a number, exact up to 2^53 - 1.
   */
  readonly offset: number;
}

/** The Avro schema of AuditEvent as JSON text, the form in which it is registered. */
export const auditEventSchema: string = JSON.stringify({"type":"record","name":"AuditEvent","namespace":"org.sepsis_streams","doc":"One decision about one alert, by the topology or by a sink. Holds no patient data: the patient is a keyed pseudonym.","fields":[{"name":"id","doc":"Identity of the decision. The same decision, written twice, has the same id.","type":"string"},{"name":"patientPseudonym","doc":"Keyed pseudonym of the patient; also the key of the record.","type":"string"},{"name":"alertId","doc":"The alert that was decided about.","type":"string"},{"name":"decision","doc":"What was decided.","type":{"type":"enum","name":"AuditDecision","doc":"RAISED, ESCALATED, UPDATED, RESOLVED, RETRACTED: the topology wrote an alert of that status. DELIVERED: a sink carried it out, and the other system accepted it. SUPPRESSED: a sink did not, see `reason`. ACKNOWLEDGED: a person acknowledged it. UNKNOWN stands for a decision of a newer schema.","symbols":["UNKNOWN","RAISED","ESCALATED","UPDATED","RESOLVED","RETRACTED","DELIVERED","SUPPRESSED","ACKNOWLEDGED"],"default":"UNKNOWN"},"default":"UNKNOWN"},{"name":"reason","doc":"Why, as a fixed code: an AlertReason of the topology, or a code of the sink. Never free text.","type":"string","default":""},{"name":"actor","doc":"Who decided: name of the topology or of the sink.","type":"string"},{"name":"rule","doc":"Name of the rule that scores, for instance qsofa.","type":"string"},{"name":"ruleVersion","doc":"Version of the rule.","type":"string"},{"name":"score","doc":"Score of the alert, see SepsisAlert.score.","type":"int"},{"name":"peak","doc":"Highest score of the episode so far.","type":"int"},{"name":"eventTime","doc":"The point in time that the alert is as of, epoch milliseconds (UTC), event time.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"processingTime","doc":"When the decision was made, epoch milliseconds (UTC), by the clock of the process.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"evidence","doc":"The FHIR records that the alert rests on, in the order of event time. Empty when the decision rests on none.","type":{"type":"array","items":{"type":"record","name":"Origin","doc":"Where a FHIR record stands in the log.","fields":[{"name":"topic","doc":"Name of the topic.","type":"string"},{"name":"partition","doc":"Number of the partition, from 0.","type":"int"},{"name":"offset","doc":"Offset of the record in the partition, from 0.","type":"long"}]}},"default":[]},{"name":"survivorAlertId","doc":"alertId of the episode that this alert merged into. Null unless it was retracted for that.","type":["null","string"],"default":null}]});
