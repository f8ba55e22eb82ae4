import fc from 'fast-check';
import { LONG_MAX, LONG_MIN } from '../../../schemas/codecs/long-range.ts';
import { AUDIT_DECISION_SYMBOLS, type AuditEvent } from '../../../schemas/generated/audit-event.ts';
import {
  CLINICAL_EVENT_KIND_SYMBOLS,
  type ClinicalEvent,
  MEASUREMENT_KIND_SYMBOLS,
  RESOURCE_KIND_SYMBOLS,
  TIME_PRECISION_SYMBOLS,
  VERSION_RANK_SYMBOLS,
} from '../../../schemas/generated/clinical-event.ts';
import {
  ALERT_REASON_SYMBOLS,
  ALERT_STATUS_SYMBOLS,
  CRITERION_SYMBOLS,
  INFECTION_RULE_SYMBOLS,
  type SepsisAlert,
  TRIGGER_SEMANTIC_SYMBOLS,
} from '../../../schemas/generated/sepsis-alert.ts';

// A zero without its sign: Avro's integers have none.
const unsigned = (value: number): number => (value === 0 ? 0 : value);

/** Longs at every length of their varint, and the edges of what a double holds. */
const long = fc.oneof(
  fc.integer({ min: LONG_MIN, max: LONG_MAX }),
  fc.integer({ min: -64, max: 64 }),
  fc
    .tuple(fc.integer({ min: 0, max: 52 }), fc.constantFrom(-1, 0, 1), fc.constantFrom(-1, 1))
    .map(([bits, off, sign]) => Math.max(LONG_MIN, unsigned(sign * (2 ** bits + off)))),
  fc.constantFrom(LONG_MIN, LONG_MAX),
);
const int = fc.oneof(
  fc.integer(),
  fc.integer({ min: -64, max: 64 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1),
);
const time = fc.oneof(fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }), long);
/** Strings of every encoded width, empty and long, and references that repeat. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary-ascii', maxLength: 200 }),
  fc.integer({ min: 0, max: 20 }).map((n) => `https://ehr.example.org/fhir/Patient/p${n}`),
  fc.constantFrom(
    '9279-1',
    'é'.repeat(63),
    'é'.repeat(64),
    'x'.repeat(127),
    'x'.repeat(8192),
    '\ufeff',
    '\u0000',
    '😀',
  ),
);
const double = fc.double();
const nullable = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const symbolOf = <T>(symbols: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...symbols);
const origin = fc.record({ topic: text, partition: int, offset: long });
const criteria = fc.array(symbolOf(CRITERION_SYMBOLS), { maxLength: 4 });

export const clinicalEvents: fc.Arbitrary<ClinicalEvent> = fc.record({
  kind: symbolOf(CLINICAL_EVENT_KIND_SYMBOLS),
  patient: text,
  resourceType: symbolOf(RESOURCE_KIND_SYMBOLS),
  resourceId: text,
  versionRank: symbolOf(VERSION_RANK_SYMBOLS),
  version: long,
  time: nullable(time),
  timePrecision: symbolOf(TIME_PRECISION_SYMBOLS),
  localDate: nullable(int),
  preliminary: fc.boolean(),
  measurements: fc.array(
    fc.record({
      kind: symbolOf(MEASUREMENT_KIND_SYMBOLS),
      value: double,
      unitAssumed: fc.boolean(),
      code: text,
    }),
    { maxLength: 100 },
  ),
  text: nullable(text),
  encounter: nullable(text),
  encounterDetail: nullable(
    fc.record({
      status: nullable(text),
      class: nullable(text),
      start: nullable(time),
      end: nullable(time),
      location: nullable(text),
      partOf: nullable(text),
    }),
  ),
  origin,
  arrival: nullable(time),
});

const evidence = fc.record({ observationId: text, version: long, time, value: double, origin });

export const sepsisAlerts: fc.Arbitrary<SepsisAlert> = fc.record({
  alertId: text,
  patient: text,
  encounter: nullable(text),
  rule: text,
  ruleVersion: text,
  semantic: symbolOf(TRIGGER_SEMANTIC_SYMBOLS),
  status: symbolOf(ALERT_STATUS_SYMBOLS),
  reason: symbolOf(ALERT_REASON_SYMBOLS),
  survivorAlertId: nullable(text),
  score: int,
  peak: int,
  start: time,
  end: time,
  windowStart: time,
  windowEnd: time,
  history: fc.array(fc.record({ t: time, score: int, met: criteria }), { maxLength: 20 }),
  historyDropped: int,
  criteria: fc.array(
    fc.record({
      criterion: symbolOf(CRITERION_SYMBOLS),
      met: fc.boolean(),
      value: nullable(double),
      unit: text,
      time: nullable(time),
      ageMs: nullable(long),
      observationId: nullable(text),
      preliminary: fc.boolean(),
      unitAssumed: fc.boolean(),
      code: nullable(text),
      evidence: fc.array(evidence, { maxLength: 5 }),
    }),
    { maxLength: 3 },
  ),
  missing: criteria,
  current: fc.record({ score: int, met: criteria }),
  suspectedInfection: nullable(
    fc.record({
      onsetDate: int,
      rule: symbolOf(INFECTION_RULE_SYMBOLS),
      otherDate: int,
      antibiotic: nullable(text),
    }),
  ),
  lactate: nullable(fc.record({ value: double, time, observationId: text })),
  encounterDetail: nullable(
    fc.record({
      id: nullable(text),
      class: nullable(text),
      start: nullable(time),
      end: nullable(time),
      location: nullable(text),
    }),
  ),
  evidenceCapped: long,
  eventTime: time,
  arrivalTime: nullable(time),
  processingTime: time,
  trigger: nullable(origin),
});

export const auditEvents: fc.Arbitrary<AuditEvent> = fc.record({
  id: text,
  patientPseudonym: text,
  alertId: text,
  decision: symbolOf(AUDIT_DECISION_SYMBOLS),
  reason: text,
  actor: text,
  rule: text,
  ruleVersion: text,
  score: int,
  peak: int,
  eventTime: time,
  processingTime: time,
  evidence: fc.array(origin, { maxLength: 20 }),
  survivorAlertId: nullable(text),
});
