// Generated from schemas/avro/clinical-event.avsc by app/schemas/generate.ts; do not edit.

/**
 * One clinical fact of one patient in canonical units, made from one FHIR resource; or a tick. Value of the
 * repartition topic, keyed by patient.
 */
export interface ClinicalEvent {
  /**
   * What the event says. VITAL_SIGNS: usable values of respiratory rate, systolic pressure, GCS or mentation;
   * without values this version counts for nothing, and withdraws what an earlier one said. RETRACTION: the
   * same of a resource that is no vital sign. LACTATE, CULTURE, ANTIBIOTIC, ENCOUNTER: context of an episode.
   * TICK: time has passed, for every patient of the partition.
   */
  readonly kind: ClinicalEventKind;
  /**
   * Full reference of the patient, after resolving against the configured base; also the key of the record.
   * Empty in a tick.
   */
  readonly patient: string;
  /** Type of the FHIR resource. UNKNOWN in a tick. */
  readonly resourceType: ResourceKind;
  /** Identity of the resource within its type. Versions of one resource replace each other. Empty in a tick. */
  readonly resourceId: string;
  /**
   * Which element of the resource `version` was read from. The higher rank is the newer version; within a
   * rank the number decides.
   */
  readonly versionRank: VersionRank;
  /**
   * The numeric meta.versionId, or meta.lastUpdated or issued in epoch milliseconds (UTC), as `versionRank`
   * says. 0 with NONE.
   * Avro long as a number, exact up to 2^53 - 1.
   */
  readonly version: number;
  /**
   * Event time, epoch milliseconds (UTC): when the fact was true for the patient; in a tick the time that has
   * come. Of a date only, its midnight in UTC. Null in a withdrawal whose resource has none.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly time: number | null;
  /** How exactly the source states the time. Vital signs are always INSTANT. UNKNOWN when there is no time. */
  readonly timePrecision: TimePrecision;
  /**
   * Calendar day as the source wrote it, in the source's own zone, in days since 1970-01-01. Cultures and
   * antibiotic orders are compared by it. Null when the source states no day.
   * Avro date: days as a number.
   */
  readonly localDate: number | null;
  /** The resource has the status preliminary: the value counts, and the alert says that it may still change. */
  readonly preliminary: boolean;
  /** Usable values of the resource. Empty in every kind but VITAL_SIGNS and LACTATE. */
  readonly measurements: readonly Measurement[];
  /**
   * Specimen of a culture, drug of an antibiotic order, as the source writes it. Null in other kinds, and
   * when the source gives none.
   */
  readonly text: string | null;
  /**
   * Full reference of the encounter that the resource belongs to; of an encounter, itself. Null when the
   * source names none.
   */
  readonly encounter: string | null;
  /** What an encounter says. Null in every kind but ENCOUNTER. */
  readonly encounterDetail: EncounterDetail | null;
  /** The FHIR record that the event was made from; in a tick, the source partition whose task wrote it. */
  readonly origin: Origin;
  /**
   * When the FHIR record arrived, epoch milliseconds (UTC): the header sepsis-arrival, else issued, else the
   * broker's record timestamp. Null when none is known.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly arrival: number | null;
}

/** Kinds of clinical event. UNKNOWN stands for a kind of a newer schema; it is ignored and counted. */
export type ClinicalEventKind = 'UNKNOWN' | 'VITAL_SIGNS' | 'RETRACTION' | 'LACTATE' | 'CULTURE' | 'ANTIBIOTIC' | 'ENCOUNTER' | 'TICK';

/** The symbols of ClinicalEventKind; the index of a symbol is its number in Avro. */
export const CLINICAL_EVENT_KIND_SYMBOLS: readonly ['UNKNOWN', 'VITAL_SIGNS', 'RETRACTION', 'LACTATE', 'CULTURE', 'ANTIBIOTIC', 'ENCOUNTER', 'TICK'] = Object.freeze(['UNKNOWN', 'VITAL_SIGNS', 'RETRACTION', 'LACTATE', 'CULTURE', 'ANTIBIOTIC', 'ENCOUNTER', 'TICK'] as const);

/** FHIR resource types that are read. UNKNOWN: none (a tick), or a type of a newer schema. */
export type ResourceKind = 'UNKNOWN' | 'OBSERVATION' | 'ENCOUNTER' | 'MEDICATION_REQUEST' | 'DIAGNOSTIC_REPORT' | 'SERVICE_REQUEST';

/** The symbols of ResourceKind; the index of a symbol is its number in Avro. */
export const RESOURCE_KIND_SYMBOLS: readonly ['UNKNOWN', 'OBSERVATION', 'ENCOUNTER', 'MEDICATION_REQUEST', 'DIAGNOSTIC_REPORT', 'SERVICE_REQUEST'] = Object.freeze(['UNKNOWN', 'OBSERVATION', 'ENCOUNTER', 'MEDICATION_REQUEST', 'DIAGNOSTIC_REPORT', 'SERVICE_REQUEST'] as const);

/** Sources of a version, in ascending rank. NONE: the resource says nothing of its version. */
export type VersionRank = 'NONE' | 'ISSUED' | 'LAST_UPDATED' | 'VERSION_ID';

/** The symbols of VersionRank; the index of a symbol is its number in Avro. */
export const VERSION_RANK_SYMBOLS: readonly ['NONE', 'ISSUED', 'LAST_UPDATED', 'VERSION_ID'] = Object.freeze(['NONE', 'ISSUED', 'LAST_UPDATED', 'VERSION_ID'] as const);

/** INSTANT: date and time with a zone. DATE: a calendar day only. */
export type TimePrecision = 'UNKNOWN' | 'INSTANT' | 'DATE';

/** The symbols of TimePrecision; the index of a symbol is its number in Avro. */
export const TIME_PRECISION_SYMBOLS: readonly ['UNKNOWN', 'INSTANT', 'DATE'] = Object.freeze(['UNKNOWN', 'INSTANT', 'DATE'] as const);

/** One usable value in its canonical unit. */
export interface Measurement {
  /** What was measured; it fixes the unit of `value`. */
  readonly kind: MeasurementKind;
  /**
   * The unrounded value in the unit of its kind: /min, mm[Hg], {score} or mmol/L. MENTATION: 0 alert, 1
   * altered. GCS_UNTESTABLE: 0, without meaning.
   */
  readonly value: number;
  /** The source gives no unit, so the canonical one was assumed. */
  readonly unitAssumed: boolean;
  /** The code that selected the value, for instance the LOINC code 9279-1. */
  readonly code: string;
}

/**
 * RESPIRATORY_RATE in /min, SYSTOLIC_BP in mm[Hg], GCS_TOTAL and the parts GCS_EYE, GCS_VERBAL, GCS_MOTOR in
 * {score}, LACTATE in mmol/L. GCS_UNTESTABLE: the scale cannot be applied at this time (intubation,
 * sedation), so no GCS counts. MENTATION: ACVPU or new confusion.
 */
export type MeasurementKind = 'UNKNOWN' | 'RESPIRATORY_RATE' | 'SYSTOLIC_BP' | 'GCS_TOTAL' | 'GCS_EYE' | 'GCS_VERBAL' | 'GCS_MOTOR' | 'GCS_UNTESTABLE' | 'MENTATION' | 'LACTATE';

/** The symbols of MeasurementKind; the index of a symbol is its number in Avro. */
export const MEASUREMENT_KIND_SYMBOLS: readonly ['UNKNOWN', 'RESPIRATORY_RATE', 'SYSTOLIC_BP', 'GCS_TOTAL', 'GCS_EYE', 'GCS_VERBAL', 'GCS_MOTOR', 'GCS_UNTESTABLE', 'MENTATION', 'LACTATE'] = Object.freeze(['UNKNOWN', 'RESPIRATORY_RATE', 'SYSTOLIC_BP', 'GCS_TOTAL', 'GCS_EYE', 'GCS_VERBAL', 'GCS_MOTOR', 'GCS_UNTESTABLE', 'MENTATION', 'LACTATE'] as const);

/** The elements of a FHIR Encounter that give an episode its context. */
export interface EncounterDetail {
  /** Encounter.status, for instance in-progress or finished. Null when absent. */
  readonly status: string | null;
  /** Encounter.class.code, for instance EMER or IMP. Null when absent. */
  readonly class: string | null;
  /**
   * Encounter.period.start, epoch milliseconds (UTC). Null when absent.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly start: number | null;
  /**
   * Encounter.period.end, epoch milliseconds (UTC). Null while the encounter lasts, and when absent.
   * Avro timestamp-millis: milliseconds as a number.
   */
  readonly end: number | null;
  /** Display, else reference, of the first location. Null when absent. */
  readonly location: string | null;
  /** Reference of the encounter that this one is part of. Null when absent. */
  readonly partOf: string | null;
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

/** The Avro schema of ClinicalEvent as JSON text, the form in which it is registered. */
export const clinicalEventSchema: string = JSON.stringify({"type":"record","name":"ClinicalEvent","namespace":"org.sepsis_streams","doc":"One clinical fact of one patient in canonical units, made from one FHIR resource; or a tick. Value of the repartition topic, keyed by patient.","fields":[{"name":"kind","doc":"What the event says. VITAL_SIGNS: usable values of respiratory rate, systolic pressure, GCS or mentation; without values this version counts for nothing, and withdraws what an earlier one said. RETRACTION: the same of a resource that is no vital sign. LACTATE, CULTURE, ANTIBIOTIC, ENCOUNTER: context of an episode. TICK: time has passed, for every patient of the partition.","type":{"type":"enum","name":"ClinicalEventKind","doc":"Kinds of clinical event. UNKNOWN stands for a kind of a newer schema; it is ignored and counted.","symbols":["UNKNOWN","VITAL_SIGNS","RETRACTION","LACTATE","CULTURE","ANTIBIOTIC","ENCOUNTER","TICK"],"default":"UNKNOWN"},"default":"UNKNOWN"},{"name":"patient","doc":"Full reference of the patient, after resolving against the configured base; also the key of the record. Empty in a tick.","type":"string","default":""},{"name":"resourceType","doc":"Type of the FHIR resource. UNKNOWN in a tick.","type":{"type":"enum","name":"ResourceKind","doc":"FHIR resource types that are read. UNKNOWN: none (a tick), or a type of a newer schema.","symbols":["UNKNOWN","OBSERVATION","ENCOUNTER","MEDICATION_REQUEST","DIAGNOSTIC_REPORT","SERVICE_REQUEST"],"default":"UNKNOWN"},"default":"UNKNOWN"},{"name":"resourceId","doc":"Identity of the resource within its type. Versions of one resource replace each other. Empty in a tick.","type":"string","default":""},{"name":"versionRank","doc":"Which element of the resource `version` was read from. The higher rank is the newer version; within a rank the number decides.","type":{"type":"enum","name":"VersionRank","doc":"Sources of a version, in ascending rank. NONE: the resource says nothing of its version.","symbols":["NONE","ISSUED","LAST_UPDATED","VERSION_ID"],"default":"NONE"},"default":"NONE"},{"name":"version","doc":"The numeric meta.versionId, or meta.lastUpdated or issued in epoch milliseconds (UTC), as `versionRank` says. 0 with NONE.","type":"long","default":0},{"name":"time","doc":"Event time, epoch milliseconds (UTC): when the fact was true for the patient; in a tick the time that has come. Of a date only, its midnight in UTC. Null in a withdrawal whose resource has none.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"timePrecision","doc":"How exactly the source states the time. Vital signs are always INSTANT. UNKNOWN when there is no time.","type":{"type":"enum","name":"TimePrecision","doc":"INSTANT: date and time with a zone. DATE: a calendar day only.","symbols":["UNKNOWN","INSTANT","DATE"],"default":"UNKNOWN"},"default":"UNKNOWN"},{"name":"localDate","doc":"Calendar day as the source wrote it, in the source's own zone, in days since 1970-01-01. Cultures and antibiotic orders are compared by it. Null when the source states no day.","type":["null",{"type":"int","logicalType":"date"}],"default":null},{"name":"preliminary","doc":"The resource has the status preliminary: the value counts, and the alert says that it may still change.","type":"boolean","default":false},{"name":"measurements","doc":"Usable values of the resource. Empty in every kind but VITAL_SIGNS and LACTATE.","type":{"type":"array","items":{"type":"record","name":"Measurement","doc":"One usable value in its canonical unit.","fields":[{"name":"kind","doc":"What was measured; it fixes the unit of `value`.","type":{"type":"enum","name":"MeasurementKind","doc":"RESPIRATORY_RATE in /min, SYSTOLIC_BP in mm[Hg], GCS_TOTAL and the parts GCS_EYE, GCS_VERBAL, GCS_MOTOR in {score}, LACTATE in mmol/L. GCS_UNTESTABLE: the scale cannot be applied at this time (intubation, sedation), so no GCS counts. MENTATION: ACVPU or new confusion.","symbols":["UNKNOWN","RESPIRATORY_RATE","SYSTOLIC_BP","GCS_TOTAL","GCS_EYE","GCS_VERBAL","GCS_MOTOR","GCS_UNTESTABLE","MENTATION","LACTATE"],"default":"UNKNOWN"},"default":"UNKNOWN"},{"name":"value","doc":"The unrounded value in the unit of its kind: /min, mm[Hg], {score} or mmol/L. MENTATION: 0 alert, 1 altered. GCS_UNTESTABLE: 0, without meaning.","type":"double"},{"name":"unitAssumed","doc":"The source gives no unit, so the canonical one was assumed.","type":"boolean","default":false},{"name":"code","doc":"The code that selected the value, for instance the LOINC code 9279-1.","type":"string","default":""}]}},"default":[]},{"name":"text","doc":"Specimen of a culture, drug of an antibiotic order, as the source writes it. Null in other kinds, and when the source gives none.","type":["null","string"],"default":null},{"name":"encounter","doc":"Full reference of the encounter that the resource belongs to; of an encounter, itself. Null when the source names none.","type":["null","string"],"default":null},{"name":"encounterDetail","doc":"What an encounter says. Null in every kind but ENCOUNTER.","type":["null",{"type":"record","name":"EncounterDetail","doc":"The elements of a FHIR Encounter that give an episode its context.","fields":[{"name":"status","doc":"Encounter.status, for instance in-progress or finished. Null when absent.","type":["null","string"],"default":null},{"name":"class","doc":"Encounter.class.code, for instance EMER or IMP. Null when absent.","type":["null","string"],"default":null},{"name":"start","doc":"Encounter.period.start, epoch milliseconds (UTC). Null when absent.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"end","doc":"Encounter.period.end, epoch milliseconds (UTC). Null while the encounter lasts, and when absent.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"location","doc":"Display, else reference, of the first location. Null when absent.","type":["null","string"],"default":null},{"name":"partOf","doc":"Reference of the encounter that this one is part of. Null when absent.","type":["null","string"],"default":null}]}],"default":null},{"name":"origin","doc":"The FHIR record that the event was made from; in a tick, the source partition whose task wrote it.","type":{"type":"record","name":"Origin","doc":"Where a FHIR record stands in the log.","fields":[{"name":"topic","doc":"Name of the topic.","type":"string"},{"name":"partition","doc":"Number of the partition, from 0.","type":"int"},{"name":"offset","doc":"Offset of the record in the partition, from 0.","type":"long"}]}},{"name":"arrival","doc":"When the FHIR record arrived, epoch milliseconds (UTC): the header sepsis-arrival, else issued, else the broker's record timestamp. Null when none is known.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null}]});
