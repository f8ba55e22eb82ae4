import { type InMemoryCluster, inMemoryCluster } from '../../app/cluster/in-memory-cluster.ts';
import { ManualClock } from '../../connectors/memory/clocks.ts';
import { MemorySnapshotStore } from '../../connectors/memory/snapshot-store.ts';
import type { ScreeningRules } from '../../operators/screening-rules.ts';
import { stores } from '../../operators/stores.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { headerText, type OutgoingRecord } from '../../topology/model/record.ts';
import { Counted } from './counted.ts';
import { inRounds } from './orders.ts';
import { type Restarts, restart } from './restarts.ts';

/** A record as it is fed. `offset` is its own number in the recording; it travels in a header. */
export interface FedRecord {
  readonly topic: string;
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** When it reached the broker, epoch milliseconds; undefined: the record says it itself, or nobody does. */
  readonly arrival: number | undefined;
  readonly eventTime?: number;
}

export interface RunOptions {
  readonly rules: ScreeningRules;
  readonly restarts: Restarts;
  /** Records fed at once, at most; the next ones when these are done. */
  readonly round: number;
  /** Event time that a round covers at most, milliseconds; without it topics may run far ahead of one another. */
  readonly span?: number;
  /** Rounds with a crash; 8 when not given. */
  readonly crashes?: number;
  readonly partitions?: number;
  readonly instances?: number;
}

export interface DeadLetterSeen {
  readonly reason: string;
  /** The recording's number of the record; undefined: it was no input record. */
  readonly offset: number | undefined;
}

export interface Run {
  /** Every alert record, by partition and offset: of one patient in the order in which they were written. */
  readonly alerts: readonly SepsisAlert[];
  readonly deadLetters: readonly DeadLetterSeen[];
  /** Final state by patient, as the store of the patient window holds it. */
  readonly patients: ReadonlyMap<string, Uint8Array>;
  readonly counted: Counted;
  /** Input records that were not committed yet, at each crash. */
  readonly inFlight: readonly number[];
  /** Input records that were processed once more, because a crash came before their commit. */
  readonly again: number;
}

const OFFSET_HEADER = 'recorded-offset';
const encoder = new TextEncoder();

export function outgoing({ offset, key, value, arrival }: FedRecord): OutgoingRecord {
  const headers: Record<string, Uint8Array> = { [OFFSET_HEADER]: encoder.encode(String(offset)) };
  if (arrival !== undefined) headers['sepsis-arrival'] = encoder.encode(String(arrival));
  return { key, value, timestamp: 0, headers };
}

/** Feeds the records in their order, in rounds, through several instances and partitions, and reads what came out. */
export async function run(records: readonly FedRecord[], options: RunOptions): Promise<Run> {
  const { rules, restarts, round } = options;
  const counted = new Counted();
  const restarted = restarts !== 'none';
  const cluster = await inMemoryCluster({
    rules,
    clock: new ManualClock(0),
    partitions: options.partitions ?? 3,
    instances: options.instances ?? 2,
    telemetry: counted,
    ...(restarts === 'with snapshots' ? { snapshots: new MemorySnapshotStore() } : {}),
    // Small batches: a crash tears into the middle of a round, and there are snapshots to begin from.
    ...(restarted ? { limits: { pollRecords: Math.ceil(round / 8), snapshotRecords: round } } : {}),
  });
  cluster.start();
  const rounds = inRounds(records, round, options.span);
  const every = Math.floor(rounds.length / (options.crashes ?? 8));
  const inFlight: number[] = [];
  for (const [i, one] of rounds.entries()) {
    feed(cluster, one);
    if (restarted) inFlight.push(...(await restart(cluster, i, every)));
    await cluster.drained();
  }
  const patients = new Map<string, Uint8Array>();
  for (const [patient, state] of cluster.state(stores.patients.name))
    patients.set(patient, Uint8Array.from(state));
  const topics = new Set(records.map(({ topic }) => topic));
  const consumed = [...topics].reduce((sum, topic) => sum + (counted.consumedOf.get(topic) ?? 0), 0);
  const outcome: Run = {
    alerts: alertsOf(cluster),
    deadLetters: deadLettersOf(cluster),
    patients,
    counted,
    inFlight,
    again: consumed - records.length,
  };
  // Killed rather than stopped: an instance that leaves in order hands its tasks over, and they would be restored.
  for (const slot of cluster.slots) cluster.crashInstance(slot);
  await cluster.stop();
  return outcome;
}

function feed(cluster: InMemoryCluster, records: readonly FedRecord[]): void {
  for (const topic of new Set(records.map((record) => record.topic))) {
    cluster.produce(topic, records.filter((record) => record.topic === topic).map(outgoing));
  }
}

const alertsOf = (cluster: InMemoryCluster): SepsisAlert[] =>
  [...cluster.unread(TOPIC.alerts)].flatMap(({ value }) =>
    value === null ? [] : [cluster.codecs.sepsisAlert.decode(value)],
  );

const deadLettersOf = (cluster: InMemoryCluster): DeadLetterSeen[] =>
  [...cluster.unread(TOPIC.deadLetters)].map(({ headers }) => {
    const offset = headerText(headers, OFFSET_HEADER);
    return {
      reason: headerText(headers, '__streams.errors.reason') ?? '',
      offset: offset === undefined ? undefined : Number(offset),
    };
  });
