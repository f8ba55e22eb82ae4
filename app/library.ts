/**
 * What the package `sepsis-streams` gives to those who import it. What is not named here is inside, and may change.
 * Tests of topologies have a door of their own, `sepsis-streams/testing`.
 */
export type { FhirPublisher, PublishedResource } from '../connectors/fhir-producer/fhir-publisher.ts';
export type { Access } from '../connectors/kafka-client/access.ts';
export { systemClock } from '../connectors/memory/clocks.ts';
export { PlatformaticDriver } from '../connectors/platformatic/driver.ts';
export { schemaRegistry } from '../connectors/schema-registry/schema-registry.ts';
export { type ScreeningRules, screeningRules } from '../operators/screening-rules.ts';
export { bindCodecs, type Codecs, type SchemaIds } from '../schemas/codecs/bind.ts';
export { SUBJECTS, type Subject } from '../schemas/codecs/subjects.ts';
export type { AuditEvent } from '../schemas/generated/audit-event.ts';
export type { ClinicalEvent, Measurement } from '../schemas/generated/clinical-event.ts';
export type {
  AlertReason,
  AlertStatus,
  Criterion,
  CriterionState,
  CurrentScore,
  Evidence,
  Origin,
  ScoreChange,
  SepsisAlert,
  SuspectedInfection,
  TriggerSemantic,
} from '../schemas/generated/sepsis-alert.ts';
export { TOPIC, type Topics, topicsOf } from '../schemas/topics.ts';
export { describe } from '../topology/dsl/describe.ts';
export type { Fault, FaultCode } from '../topology/dsl/fault.ts';
export type { AlsoTo, Flow, KeyedFlow, RecordOf } from '../topology/dsl/flow.ts';
export { topologyHash } from '../topology/dsl/hash.ts';
export { describeMermaid } from '../topology/dsl/mermaid.ts';
export type { KeyedValue, Ticks, Topology, TopologyNode } from '../topology/dsl/nodes.ts';
export { type TopologyBuilder, topology } from '../topology/dsl/topology.ts';
export { assertValid, validate } from '../topology/dsl/validate.ts';
export { bytes, type Codec, text } from '../topology/model/codec.ts';
export { ERRORS, type ErrorCode, isStreamsError, StreamsError } from '../topology/model/errors.ts';
export { DeadLetter, Ignored, isVerdict, type Verdict } from '../topology/model/outcome.ts';
export {
  type FoldRecord,
  type Headers,
  headerText,
  type KafkaRecord,
  type OutgoingRecord,
  type Position,
  type SourceRecord,
} from '../topology/model/record.ts';
export { type Fold, type FoldResult, type FoldStep, nothing } from '../topology/model/step.ts';
export { type Store, store } from '../topology/model/store.ts';
export {
  type Duration,
  days,
  durationOf,
  hours,
  type Instant,
  instant,
  isoOf,
  milliseconds,
  minutes,
  seconds,
  unlimited,
} from '../topology/model/time.ts';
export { type Topic, topic } from '../topology/model/topic.ts';
export type { Clock } from '../topology/ports/clock.ts';
export type {
  AdminPort,
  Assignment,
  Batch,
  Capabilities,
  CommittedOffset,
  ConsumerOptions,
  ConsumerPort,
  GroupGeneration,
  KafkaDriver,
  NewTopic,
  OffsetCommits,
  PolledBatch,
  PollLimits,
  ProducerPort,
  RebalanceListener,
  TopicPartition,
  TransactionOptions,
  TransactionPort,
} from '../topology/ports/kafka-driver.ts';
export type { Compatibility, RegisteredSchema, SchemaRegistry } from '../topology/ports/schema-registry.ts';
export type {
  Snapshot,
  SnapshotChange,
  SnapshotEntry,
  SnapshotHeader,
  SnapshotKey,
  SnapshotStore,
} from '../topology/ports/snapshot-store.ts';
export { silent, type Telemetry } from '../topology/ports/telemetry.ts';
export { type Guarantee, LIMITS, type Limits, type WorkerSettings } from '../topology/runtime/settings.ts';
export { Worker } from '../topology/runtime/worker.ts';
export { sepsis } from '../topology/sepsis.ts';
export { type FhirPublisherSettings, fhirPublisher, type KafkaAccess } from './publish/fhir-publisher.ts';
