import type { Telemetry } from '../../topology/ports/telemetry.ts';

/** Tells both of them everything. `Required` sees to it that nothing is forgotten when the port grows. */
export function tellBoth(a: Telemetry, b: Telemetry): Required<Telemetry> {
  return {
    consumed: (topic, records) => {
      a.consumed(topic, records);
      b.consumed(topic, records);
    },
    // These two are told per record: written out, they make no arrays of arguments.
    ignored: (step, reason) => {
      a.ignored(step, reason);
      b.ignored(step, reason);
    },
    deadLettered: (step, reason) => {
      a.deadLettered(step, reason);
      b.deadLettered(step, reason);
    },
    produced: (topic, records) => {
      a.produced(topic, records);
      b.produced(topic, records);
    },
    committed: (records, milliseconds) => {
      a.committed(records, milliseconds);
      b.committed(records, milliseconds);
    },
    latency: (topic, milliseconds) => {
      a.latency?.(topic, milliseconds);
      b.latency?.(topic, milliseconds);
    },
    aborted: (reason) => {
      a.aborted(reason);
      b.aborted(reason);
    },
    restoring: (task, remaining) => {
      a.restoring?.(task, remaining);
      b.restoring?.(task, remaining);
    },
    restored: (task, entries, replayed, milliseconds) => {
      a.restored(task, entries, replayed, milliseconds);
      b.restored(task, entries, replayed, milliseconds);
    },
    degraded: (task, from) => {
      a.degraded?.(task, from);
      b.degraded?.(task, from);
    },
    began: (topic, partition, offset, instead) => {
      a.began?.(topic, partition, offset, instead);
      b.began?.(topic, partition, offset, instead);
    },
    parked: (topic, partition, code) => {
      a.parked?.(topic, partition, code);
      b.parked?.(topic, partition, code);
    },
    unparked: (topic, partition) => {
      a.unparked?.(topic, partition);
      b.unparked?.(topic, partition);
    },
    retrying: (code) => {
      a.retrying?.(code);
      b.retrying?.(code);
    },
    stalled: (stall) => {
      a.stalled?.(stall);
      b.stalled?.(stall);
    },
    recovered: (partition, milliseconds) => {
      a.recovered?.(partition, milliseconds);
      b.recovered?.(partition, milliseconds);
    },
    snapshotFailed: (task, error) => {
      a.snapshotFailed?.(task, error);
      b.snapshotFailed?.(task, error);
    },
  };
}
