import type { FoldNode } from '../dsl/nodes.ts';
import type { SubTopology } from '../dsl/sub-topologies.ts';
import {
  type CommittedOffset,
  type ConsumerPort,
  partitionKey,
  type TopicPartition,
} from '../ports/kafka-driver.ts';
import type { Outbox } from './outbox.ts';
import type { Owned } from './owned.ts';
import { restore } from './restore.ts';
import { telemetryOf, type WorkerSettings } from './settings.ts';
import type { Snapshots } from './snapshots.ts';
import { Task } from './task.ts';

export interface TakeoverSettings {
  readonly worker: WorkerSettings;
  readonly subs: readonly SubTopology[];
  readonly topologyHash: string;
  readonly consumer: ConsumerPort;
  readonly snapshots: Snapshots;
  readonly outbox: Outbox;
}

type Committed = ReadonlyMap<string, CommittedOffset>;

/** Brings the tasks of an assignment to life: restored, and reading on from what is committed. */
export class Takeover {
  readonly #settings: TakeoverSettings;

  constructor(settings: TakeoverSettings) {
    this.#settings = settings;
  }

  /**
   * `owned` is live when it resolves, unless the assignment went meanwhile. Throws what `restore` throws, and may be
   * tried again.
   */
  async run(owned: Owned, stillOwned: () => boolean): Promise<void> {
    const { consumer, subs } = this.#settings;
    const { partitions } = owned.assignment;
    owned.close();
    const committed = await consumer.committed(partitions);
    for (const at of partitions) {
      if (!stillOwned()) return;
      const sub = subs.find(({ sources }) => sources.some(({ name }) => name === at.topic));
      if (sub === undefined) continue;
      const task = owned.task(`${sub.index}_${at.partition}`) ?? this.#newTask(sub, at.partition);
      owned.add(at, task);
      if (task.stateful) await this.#restore(sub, task, at, committed.get(partitionKey(at)), stillOwned);
    }
    await this.rewind(owned, committed, stillOwned);
    if (stillOwned()) owned.phase = 'live';
  }

  /** Goes on from the committed offsets; where nothing is committed, from the beginning of the log. */
  async rewind(owned: Owned, committed: Committed, stillOwned: () => boolean): Promise<void> {
    const { consumer, worker } = this.#settings;
    for (const at of owned.assignment.partitions) {
      const offset = committed.get(partitionKey(at))?.offset;
      const start = offset ?? (await worker.driver.admin().offsets(at)).start;
      if (!stillOwned()) return;
      consumer.seek(at, start);
    }
  }

  async #restore(
    sub: SubTopology,
    task: Task,
    at: TopicPartition,
    committed: CommittedOffset | undefined,
    stillOwned: () => boolean,
  ): Promise<void> {
    const { worker, snapshots, topologyHash } = this.#settings;
    const began = worker.clock.now();
    const { entries, replayed, snapshotOffset, degradedFrom } = await restore(task, at, committed, {
      driver: worker.driver,
      snapshot: () => snapshots.load(task),
      topologyHash,
      recalls: sub.nodes.filter(
        (node): node is FoldNode => node.kind === 'fold' && node.recall !== undefined,
      ),
      stillOwned,
    });
    await snapshots.begin(task, snapshotOffset, committed?.offset ?? 0);
    if (degradedFrom !== undefined) telemetryOf(worker).degraded?.(task.id, degradedFrom);
    telemetryOf(worker).restored(task.id, entries, replayed, worker.clock.now() - began);
  }

  #newTask(sub: SubTopology, partition: number): Task {
    const { worker, outbox } = this.#settings;
    return new Task(sub, partition, outbox, {
      deadLetters: worker.deadLetters,
      snapshots: worker.snapshots !== undefined,
      telemetry: telemetryOf(worker),
    });
  }
}
