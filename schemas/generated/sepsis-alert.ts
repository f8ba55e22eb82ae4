// Generated from schemas/avro/sepsis-alert.avsc by app/schemas/generate.ts; do not edit.

/**
 * A whole snapshot of one episode of a positive sepsis screen, never a delta: the last record of an alertId
 * is the episode, and a retracted one is dropped. It screens; it does not diagnose. Evolves backward
 * compatibly: fields are added with a default, enum symbols may be added, nothing changes its meaning.
 */
export interface SepsisAlert {
  /**
   * Identity of the episode: SHA-256 in hexadecimal of the rule, the patient, and the ids and versions of the
   * evidence present when it opened. Stays the same for the life of the episode.
   */
  readonly alertId: string;
  /** Full reference of the patient; also the key of the record. */
  readonly patient: string;
  /** Full reference of the encounter. Null when none is known. */
  readonly encounter: string | null;
  /** Name of the rule that scores, for instance qsofa. */
  readonly rule: string;
  /** Version of the rule; it changes whenever the same evidence could be judged differently. */
  readonly ruleVersion: string;
  /** How the window is read when `score` is made. */
  readonly semantic: TriggerSemantic;
  /** State of the alert after this change. */
  readonly status: AlertStatus;
  /** Why this record was written. */
  readonly reason: AlertReason;
  /**
   * alertId of the episode that this one merged into. Null unless the status is RETRACTED and the reason
   * MERGED.
   */
  readonly survivorAlertId: string | null;
  /**
   * Number of criteria met in the window [windowStart, windowEnd]; 0 to 3 for qSOFA, 0 when retracted.
   * Avro int, 32 bits.
   */
  readonly score: number;
  /**
   * Highest score of the episode so far.
   * Avro int, 32 bits.
   */
  readonly peak: number;
  /**
   * First millisecond of the episode, epoch milliseconds (UTC), event time.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly start: number;
  /**
   * First millisecond after the episode (exclusive), epoch milliseconds (UTC), event time. While the episode
   * is open it is a projection: the end if no further abnormal value comes.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly end: number;
  /**
   * First millisecond (inclusive) of the window that `criteria` was judged in, epoch milliseconds (UTC),
   * event time.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly windowStart: number;
  /**
   * Last millisecond (inclusive) of the window that `criteria` was judged in, epoch milliseconds (UTC), event
   * time.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly windowEnd: number;
  /**
   * Every change of the score or of the criteria met during the episode, oldest first. Of a very long episode
   * the oldest changes are left out, see `historyDropped`.
   */
  readonly history: readonly ScoreChange[];
  /**
   * Number of the oldest changes that `history` leaves out. 0 when it is complete.
   * Avro int, 32 bits.
   */
  readonly historyDropped: number;
  /** Each criterion of the rule as judged in the window, met or not. */
  readonly criteria: readonly CriterionState[];
  /** Criteria without any usable value in the window. They count as not met, which is not the same as normal. */
  readonly missing: readonly Criterion[];
  /** The score by the most recent value of each criterion at `windowEnd`, beside the score over the window. */
  readonly current: CurrentScore;
  /**
   * Suspected infection: a systemic antibiotic and a body-fluid culture close in time. Null when not known;
   * absence is no evidence against an infection.
   */
  readonly suspectedInfection: SuspectedInfection | null;
  /** The most recent lactate. Null when none is known. */
  readonly lactate: Lactate | null;
  /** What is known of the encounter. Null when none is known. */
  readonly encounterDetail: AlertEncounter | null;
  /**
   * Number of facts left out because the patient has more of them than are kept. 0 normally; otherwise the
   * episode may be longer or the score higher than stated.
   * Avro long as a number, exact up to 2^53 - 1.
   */
  readonly evidenceCapped: number;
  /**
   * The patient's newest vital-sign time, epoch milliseconds (UTC): the point in time that the snapshot is as
   * of.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly eventTime: number;
  /**
   * When the FHIR record that caused this snapshot arrived, epoch milliseconds (UTC). Null for a tick, and
   * when not known.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly arrivalTime: number | null;
  /**
   * When the snapshot was made, epoch milliseconds (UTC), by the clock of the process; not part of the
   * clinical answer.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly processingTime: number;
  /** The FHIR record that caused this snapshot. Null for a tick. */
  readonly trigger: Origin | null;
}

/**
 * ANY: a criterion is met when any usable value in the window is abnormal. LATEST: when its most recent
 * usable value in the window is.
 */
export type TriggerSemantic = 'UNKNOWN' | 'ANY' | 'LATEST';

/** The symbols of TriggerSemantic; the index of a symbol is its number in Avro. */
export const TRIGGER_SEMANTIC_SYMBOLS: readonly ['UNKNOWN', 'ANY', 'LATEST'] = Object.freeze(['UNKNOWN', 'ANY', 'LATEST'] as const);

/**
 * RAISED: the episode is new. ESCALATED: the score rose above the episode's peak so far. UPDATED: something
 * else of the episode changed. RESOLVED: the episode is over. RETRACTED: there is no such episode; forget
 * this alertId. UNKNOWN stands for a status of a newer schema.
 */
export type AlertStatus = 'UNKNOWN' | 'RAISED' | 'ESCALATED' | 'UPDATED' | 'RESOLVED' | 'RETRACTED';

/** The symbols of AlertStatus; the index of a symbol is its number in Avro. */
export const ALERT_STATUS_SYMBOLS: readonly ['UNKNOWN', 'RAISED', 'ESCALATED', 'UPDATED', 'RESOLVED', 'RETRACTED'] = Object.freeze(['UNKNOWN', 'RAISED', 'ESCALATED', 'UPDATED', 'RESOLVED', 'RETRACTED'] as const);

/**
 * ONSET: two criteria met for the first time. SCORE_RISE: a higher score than before in this episode.
 * EVIDENCE_CHANGED: new values or context of the same episode. WINDOW_EMPTIED: fewer than two criteria are
 * left in the window. DATA_CORRECTED: a correction or retraction at the source changed the episode or took it
 * away. MERGED: the episode is part of another one, see `survivorAlertId`. UNKNOWN stands for a reason of a
 * newer schema.
 */
export type AlertReason = 'UNKNOWN' | 'ONSET' | 'SCORE_RISE' | 'EVIDENCE_CHANGED' | 'WINDOW_EMPTIED' | 'DATA_CORRECTED' | 'MERGED';

/** The symbols of AlertReason; the index of a symbol is its number in Avro. */
export const ALERT_REASON_SYMBOLS: readonly ['UNKNOWN', 'ONSET', 'SCORE_RISE', 'EVIDENCE_CHANGED', 'WINDOW_EMPTIED', 'DATA_CORRECTED', 'MERGED'] = Object.freeze(['UNKNOWN', 'ONSET', 'SCORE_RISE', 'EVIDENCE_CHANGED', 'WINDOW_EMPTIED', 'DATA_CORRECTED', 'MERGED'] as const);

/** The score from one point in time until the next change. */
export interface ScoreChange {
  /**
   * When the score changed, epoch milliseconds (UTC), event time.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly t: number;
  /**
   * Number of criteria met from `t` on.
   * Avro int, 32 bits.
   */
  readonly score: number;
  /** The criteria met from `t` on. */
  readonly met: readonly Criterion[];
}

/**
 * Criteria of qSOFA. GCS: altered mentation, Glasgow coma scale below 15 or ACVPU other than alert. RR:
 * respiratory rate 22/min or more. SBP: systolic blood pressure 100 mm[Hg] or less. UNKNOWN stands for a
 * criterion of a newer schema.
 */
export type Criterion = 'UNKNOWN' | 'GCS' | 'RR' | 'SBP';

/** The symbols of Criterion; the index of a symbol is its number in Avro. */
export const CRITERION_SYMBOLS: readonly ['UNKNOWN', 'GCS', 'RR', 'SBP'] = Object.freeze(['UNKNOWN', 'GCS', 'RR', 'SBP'] as const);

/**
 * One criterion in the window, with the value that decides it: the most abnormal one when it is met, else the
 * most recent one.
 */
export interface CriterionState {
  /** Which criterion. */
  readonly criterion: Criterion;
  /** Whether it is met in the window. */
  readonly met: boolean;
  /** The deciding value in `unit`, unrounded. Null when the window holds no usable value. */
  readonly value: number | null;
  /**
   * UCUM unit of `value`: {score} for GCS, /min for RR, mm[Hg] for SBP. For mentation by ACVPU `value` is 0
   * (alert) or 1 (altered).
   */
  readonly unit: string;
  /**
   * Event time of the value, epoch milliseconds (UTC). Null without a value.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly time: number | null;
  /**
   * Age of the value at `windowEnd`, in milliseconds. Null without a value.
   * Avro long as a number, exact up to 2^53 - 1.
   */
  readonly ageMs: number | null;
  /** Identity of the Observation that gave the value. Null without a value. */
  readonly observationId: string | null;
  /** The Observation has the status preliminary: the value may still change. */
  readonly preliminary: boolean;
  /** The source gave no unit, so the canonical one was assumed. */
  readonly unitAssumed: boolean;
  /** The code that selected the value, for instance the LOINC code 9279-1. Null without a value. */
  readonly code: string | null;
  /**
   * The values in the window that meet the criterion, oldest first, at most the sixteen newest. Empty when it
   * is not met.
   */
  readonly evidence: readonly Evidence[];
}

/** One value that meets a criterion, and where it came from. */
export interface Evidence {
  /** Identity of the Observation. */
  readonly observationId: string;
  /**
   * Version of the Observation: its numeric versionId, else lastUpdated or issued in epoch milliseconds. 0
   * when it states none.
   * Avro long as a number, exact up to 2^53 - 1.
   */
  readonly version: number;
  /**
   * Event time of the value, epoch milliseconds (UTC).
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly time: number;
  /** The value in the unit of the criterion, unrounded. */
  readonly value: number;
  /** The FHIR record that carried the value. */
  readonly origin: Origin;
}

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

/** Score by latest values. */
export interface CurrentScore {
  /**
   * Number of criteria whose latest usable value in the window is abnormal.
   * Avro int, 32 bits.
   */
  readonly score: number;
  /** Those criteria. */
  readonly met: readonly Criterion[];
}

/** A pair of culture and antibiotic order that suggests that an infection was suspected (Seymour 2016). */
export interface SuspectedInfection {
  /**
   * The earlier day of the two, in days since 1970-01-01, as the source wrote it.
   * Avro date: days as a number.
   */
  readonly onsetDate: number;
  /** Which came first. */
  readonly rule: InfectionRule;
  /**
   * The later day of the two, in days since 1970-01-01, as the source wrote it.
   * Avro date: days as a number.
   */
  readonly otherDate: number;
  /** Drug of the order as the source writes it. Null when it gives none. */
  readonly antibiotic: string | null;
}

/**
 * CULTURE_THEN_ANTIBIOTIC: the antibiotic within 3 days after the culture. ANTIBIOTIC_THEN_CULTURE: the
 * culture within 1 day after the antibiotic.
 */
export type InfectionRule = 'UNKNOWN' | 'CULTURE_THEN_ANTIBIOTIC' | 'ANTIBIOTIC_THEN_CULTURE';

/** The symbols of InfectionRule; the index of a symbol is its number in Avro. */
export const INFECTION_RULE_SYMBOLS: readonly ['UNKNOWN', 'CULTURE_THEN_ANTIBIOTIC', 'ANTIBIOTIC_THEN_CULTURE'] = Object.freeze(['UNKNOWN', 'CULTURE_THEN_ANTIBIOTIC', 'ANTIBIOTIC_THEN_CULTURE'] as const);

/** One lactate value. */
export interface Lactate {
  /** Lactate in mmol/L, unrounded. */
  readonly value: number;
  /**
   * Event time of the value, epoch milliseconds (UTC).
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly time: number;
  /** Identity of the Observation. */
  readonly observationId: string;
}

/** The encounter during which the episode happens. */
export interface AlertEncounter {
  /** Full reference of the encounter. Null when absent. */
  readonly id: string | null;
  /** Encounter.class.code, for instance EMER or IMP. Null when absent. */
  readonly class: string | null;
  /**
   * Start of the encounter, epoch milliseconds (UTC). Null when absent.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly start: number | null;
  /**
   * End of the encounter, epoch milliseconds (UTC). Null while it lasts, and when absent.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly end: number | null;
  /** Display, else reference, of the first location. Null when absent. */
  readonly location: string | null;
}

/** The Avro schema of SepsisAlert as JSON text, the form in which it is registered. */
export const sepsisAlertSchema: string = JSON.stringify({"type":"record","name":"SepsisAlert","namespace":"org.sepsis_streams","doc":"A whole snapshot of one episode of a positive sepsis screen, never a delta: the last record of an alertId is the episode, and a retracted one is dropped. It screens; it does not diagnose. Evolves backward compatibly: fields are added with a default, enum symbols may be added, nothing changes its meaning.","fields":[{"name":"alertId","doc":"Identity of the episode: SHA-256 in hexadecimal of the rule, the patient, and the ids and versions of the evidence present when it opened. Stays the same for the life of the episode.","type":"string"},{"name":"patient","doc":"Full reference of the patient; also the key of the record.","type":"string"},{"name":"encounter","doc":"Full reference of the encounter. Null when none is known.","type":["null","string"],"default":null},{"name":"rule","doc":"Name of the rule that scores, for instance qsofa.","type":"string"},{"name":"ruleVersion","doc":"Version of the rule; it changes whenever the same evidence could be judged differently.","type":"string"},{"name":"semantic","doc":"How the window is read when `score` is made.","type":{"type":"enum","name":"TriggerSemantic","doc":"ANY: a criterion is met when any usable value in the window is abnormal. LATEST: when its most recent usable value in the window is.","symbols":["UNKNOWN","ANY","LATEST"],"default":"UNKNOWN"},"default":"UNKNOWN"},{"name":"status","doc":"State of the alert after this change.","type":{"type":"enum","name":"AlertStatus","doc":"RAISED: the episode is new. ESCALATED: the score rose above the episode's peak so far. UPDATED: something else of the episode changed. RESOLVED: the episode is over. RETRACTED: there is no such episode; forget this alertId. UNKNOWN stands for a status of a newer schema.","symbols":["UNKNOWN","RAISED","ESCALATED","UPDATED","RESOLVED","RETRACTED"],"default":"UNKNOWN"},"default":"UNKNOWN"},{"name":"reason","doc":"Why this record was written.","type":{"type":"enum","name":"AlertReason","doc":"ONSET: two criteria met for the first time. SCORE_RISE: a higher score than before in this episode. EVIDENCE_CHANGED: new values or context of the same episode. WINDOW_EMPTIED: fewer than two criteria are left in the window. DATA_CORRECTED: a correction or retraction at the source changed the episode or took it away. MERGED: the episode is part of another one, see `survivorAlertId`. UNKNOWN stands for a reason of a newer schema.","symbols":["UNKNOWN","ONSET","SCORE_RISE","EVIDENCE_CHANGED","WINDOW_EMPTIED","DATA_CORRECTED","MERGED"],"default":"UNKNOWN"},"default":"UNKNOWN"},{"name":"survivorAlertId","doc":"alertId of the episode that this one merged into. Null unless the status is RETRACTED and the reason MERGED.","type":["null","string"],"default":null},{"name":"score","doc":"Number of criteria met in the window [windowStart, windowEnd]; 0 to 3 for qSOFA, 0 when retracted.","type":"int"},{"name":"peak","doc":"Highest score of the episode so far.","type":"int"},{"name":"start","doc":"First millisecond of the episode, epoch milliseconds (UTC), event time.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"end","doc":"First millisecond after the episode (exclusive), epoch milliseconds (UTC), event time. While the episode is open it is a projection: the end if no further abnormal value comes.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"windowStart","doc":"First millisecond (inclusive) of the window that `criteria` was judged in, epoch milliseconds (UTC), event time.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"windowEnd","doc":"Last millisecond (inclusive) of the window that `criteria` was judged in, epoch milliseconds (UTC), event time.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"history","doc":"Every change of the score or of the criteria met during the episode, oldest first. Of a very long episode the oldest changes are left out, see `historyDropped`.","type":{"type":"array","items":{"type":"record","name":"ScoreChange","doc":"The score from one point in time until the next change.","fields":[{"name":"t","doc":"When the score changed, epoch milliseconds (UTC), event time.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"score","doc":"Number of criteria met from `t` on.","type":"int"},{"name":"met","doc":"The criteria met from `t` on.","type":{"type":"array","items":{"type":"enum","name":"Criterion","doc":"Criteria of qSOFA. GCS: altered mentation, Glasgow coma scale below 15 or ACVPU other than alert. RR: respiratory rate 22/min or more. SBP: systolic blood pressure 100 mm[Hg] or less. UNKNOWN stands for a criterion of a newer schema.","symbols":["UNKNOWN","GCS","RR","SBP"],"default":"UNKNOWN"}},"default":[]}]}},"default":[]},{"name":"historyDropped","doc":"Number of the oldest changes that `history` leaves out. 0 when it is complete.","type":"int","default":0},{"name":"criteria","doc":"Each criterion of the rule as judged in the window, met or not.","type":{"type":"array","items":{"type":"record","name":"CriterionState","doc":"One criterion in the window, with the value that decides it: the most abnormal one when it is met, else the most recent one.","fields":[{"name":"criterion","doc":"Which criterion.","type":"Criterion","default":"UNKNOWN"},{"name":"met","doc":"Whether it is met in the window.","type":"boolean","default":false},{"name":"value","doc":"The deciding value in `unit`, unrounded. Null when the window holds no usable value.","type":["null","double"],"default":null},{"name":"unit","doc":"UCUM unit of `value`: {score} for GCS, /min for RR, mm[Hg] for SBP. For mentation by ACVPU `value` is 0 (alert) or 1 (altered).","type":"string","default":""},{"name":"time","doc":"Event time of the value, epoch milliseconds (UTC). Null without a value.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"ageMs","doc":"Age of the value at `windowEnd`, in milliseconds. Null without a value.","type":["null","long"],"default":null},{"name":"observationId","doc":"Identity of the Observation that gave the value. Null without a value.","type":["null","string"],"default":null},{"name":"preliminary","doc":"The Observation has the status preliminary: the value may still change.","type":"boolean","default":false},{"name":"unitAssumed","doc":"The source gave no unit, so the canonical one was assumed.","type":"boolean","default":false},{"name":"code","doc":"The code that selected the value, for instance the LOINC code 9279-1. Null without a value.","type":["null","string"],"default":null},{"name":"evidence","doc":"The values in the window that meet the criterion, oldest first, at most the sixteen newest. Empty when it is not met.","type":{"type":"array","items":{"type":"record","name":"Evidence","doc":"One value that meets a criterion, and where it came from.","fields":[{"name":"observationId","doc":"Identity of the Observation.","type":"string"},{"name":"version","doc":"Version of the Observation: its numeric versionId, else lastUpdated or issued in epoch milliseconds. 0 when it states none.","type":"long","default":0},{"name":"time","doc":"Event time of the value, epoch milliseconds (UTC).","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"value","doc":"The value in the unit of the criterion, unrounded.","type":"double"},{"name":"origin","doc":"The FHIR record that carried the value.","type":{"type":"record","name":"Origin","doc":"Where a FHIR record stands in the log.","fields":[{"name":"topic","doc":"Name of the topic.","type":"string"},{"name":"partition","doc":"Number of the partition, from 0.","type":"int"},{"name":"offset","doc":"Offset of the record in the partition, from 0.","type":"long"}]}}]}},"default":[]}]}},"default":[]},{"name":"missing","doc":"Criteria without any usable value in the window. They count as not met, which is not the same as normal.","type":{"type":"array","items":"Criterion"},"default":[]},{"name":"current","doc":"The score by the most recent value of each criterion at `windowEnd`, beside the score over the window.","type":{"type":"record","name":"CurrentScore","doc":"Score by latest values.","fields":[{"name":"score","doc":"Number of criteria whose latest usable value in the window is abnormal.","type":"int"},{"name":"met","doc":"Those criteria.","type":{"type":"array","items":"Criterion"},"default":[]}]}},{"name":"suspectedInfection","doc":"Suspected infection: a systemic antibiotic and a body-fluid culture close in time. Null when not known; absence is no evidence against an infection.","type":["null",{"type":"record","name":"SuspectedInfection","doc":"A pair of culture and antibiotic order that suggests that an infection was suspected (Seymour 2016).","fields":[{"name":"onsetDate","doc":"The earlier day of the two, in days since 1970-01-01, as the source wrote it.","type":{"type":"int","logicalType":"date"}},{"name":"rule","doc":"Which came first.","type":{"type":"enum","name":"InfectionRule","doc":"CULTURE_THEN_ANTIBIOTIC: the antibiotic within 3 days after the culture. ANTIBIOTIC_THEN_CULTURE: the culture within 1 day after the antibiotic.","symbols":["UNKNOWN","CULTURE_THEN_ANTIBIOTIC","ANTIBIOTIC_THEN_CULTURE"],"default":"UNKNOWN"},"default":"UNKNOWN"},{"name":"otherDate","doc":"The later day of the two, in days since 1970-01-01, as the source wrote it.","type":{"type":"int","logicalType":"date"}},{"name":"antibiotic","doc":"Drug of the order as the source writes it. Null when it gives none.","type":["null","string"],"default":null}]}],"default":null},{"name":"lactate","doc":"The most recent lactate. Null when none is known.","type":["null",{"type":"record","name":"Lactate","doc":"One lactate value.","fields":[{"name":"value","doc":"Lactate in mmol/L, unrounded.","type":"double"},{"name":"time","doc":"Event time of the value, epoch milliseconds (UTC).","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"observationId","doc":"Identity of the Observation.","type":"string"}]}],"default":null},{"name":"encounterDetail","doc":"What is known of the encounter. Null when none is known.","type":["null",{"type":"record","name":"AlertEncounter","doc":"The encounter during which the episode happens.","fields":[{"name":"id","doc":"Full reference of the encounter. Null when absent.","type":["null","string"],"default":null},{"name":"class","doc":"Encounter.class.code, for instance EMER or IMP. Null when absent.","type":["null","string"],"default":null},{"name":"start","doc":"Start of the encounter, epoch milliseconds (UTC). Null when absent.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"end","doc":"End of the encounter, epoch milliseconds (UTC). Null while it lasts, and when absent.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"location","doc":"Display, else reference, of the first location. Null when absent.","type":["null","string"],"default":null}]}],"default":null},{"name":"evidenceCapped","doc":"Number of facts left out because the patient has more of them than are kept. 0 normally; otherwise the episode may be longer or the score higher than stated.","type":"long","default":0},{"name":"eventTime","doc":"The patient's newest vital-sign time, epoch milliseconds (UTC): the point in time that the snapshot is as of.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"arrivalTime","doc":"When the FHIR record that caused this snapshot arrived, epoch milliseconds (UTC). Null for a tick, and when not known.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"processingTime","doc":"When the snapshot was made, epoch milliseconds (UTC), by the clock of the process; not part of the clinical answer.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"trigger","doc":"The FHIR record that caused this snapshot. Null for a tick.","type":["null","Origin"],"default":null}]});
