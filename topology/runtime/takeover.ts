import type { FoldNode } from '../dsl/nodes.ts';
import type { SubTopology } from '../dsl/sub-topologies.ts';
import {
  type CommittedOffset,
  type ConsumerPort,
  partitionKey,
  type TopicPartition,
} from '../ports/kafka-driver.ts';
import type { Abandoned } from './abandoned.ts';
import { beginnings } from './beginnings.ts';
import { goingOn, type Work } from './going-on.ts';
import { inLanes } from './in-lanes.ts';
import type { Outbox } from './outbox.ts';
import type { Owned } from './owned.ts';
import { assertPartitionsKept, partitionsOfTopic, topicsKeyed } from './partitions-kept.ts';
import { restore } from './restore.ts';
import { RestoredTasks } from './restored-tasks.ts';
import { telemetryOf, type WorkerSettings } from './settings.ts';
import type { Snapshots } from './snapshots.ts';
import { Task } from './task.ts';
import { partitionsOf, topicsRead, topicsTold } from './topics-read.ts';

export interface TakeoverSettings {
  readonly worker: WorkerSettings;
  readonly subs: readonly SubTopology[];
  readonly topologyHash: string;
  readonly consumer: ConsumerPort;
  readonly snapshots: Snapshots;
  readonly abandoned: Abandoned | undefined;
}

/** So many tasks are restored side by side: while one waits for the log another works. More would only hold more of it in memory. */
const LANES = 3;

type Committed = ReadonlyMap<string, CommittedOffset>;

/** Brings the tasks of an assignment to life: restored, and reading on from what is committed. */
export class Takeover {
  readonly #settings: TakeoverSettings;
  /** Of the takeover that is under way. */
  readonly #restored = new RestoredTasks();

  constructor(settings: TakeoverSettings) {
    this.#settings = settings;
  }

  /**
   * `owned` is live when it resolves, unless the assignment went meanwhile. Throws what `restore` throws, and may be
   * tried again: what is restored by then is kept, as long as nothing else is committed.
   */
  async run(owned: Owned, stillOwned: () => boolean): Promise<void> {
    const { consumer, subs, abandoned } = this.#settings;
    const { partitions } = owned.assignment;
    owned.close((task) => this.#restored.has(task));
    const reading = consumer.committed(partitions);
    const committed = await (abandoned?.freed(reading, partitions) ?? reading);
    if (!stillOwned()) return;
    // Nobody waits for it: who restores reads no further than what is committed.
    void abandoned?.free(committed, () => this.#written(), stillOwned);
    owned.committed = new Map(committed);
    await this.#look(owned, committed);
    if (!stillOwned()) return;
    owned.close((task) => this.#restored.standsAt(task, committed));
    const restores: Work[] = [];
    for (const at of partitions) {
      // What has a task by now keeps it.
      if (owned.taskOf(at) !== undefined) continue;
      const sub = subs.find(({ sources }) => sources.some(({ name }) => name === at.topic));
      const scope = owned.scopeOf(at);
      if (sub === undefined || scope === undefined) continue;
      const known = scope.tasks.find(({ id }) => id === `${sub.index}_${at.partition}`);
      const task = known ?? this.#newTask(sub, at.partition, scope.outbox);
      owned.add(at, task);
      if (!task.stateful) continue;
      // Of the one partition that it reads: no topology that keeps state beside a second input gets here.
      restores.push((wanted) => this.#restore(sub, task, at, committed.get(partitionKey(at)), wanted));
    }
    await goingOn(restores, (goOn) => inLanes(LANES, goOn, stillOwned));
    this.rewind(owned, committed, stillOwned);
    if (!stillOwned()) return;
    this.#restored.clear();
    owned.phase = 'live';
  }

  /** Goes on from the committed offsets, or from where it begins; that is committed too, so that it is known next time. */
  rewind(owned: Owned, committed: Committed, stillOwned: () => boolean): void {
    if (!stillOwned()) return;
    for (const at of owned.assignment.partitions) {
      const offset = committed.get(partitionKey(at))?.offset;
      const beginning = owned.beginnings.get(partitionKey(at));
      const begins = beginning !== undefined && beginning.instead === offset;
      if (begins) owned.taskOf(at)?.next.set(at.topic, beginning.offset);
      this.#settings.consumer.seek(at, begins ? beginning.offset : (offset ?? 0));
    }
  }

  /** All that tasks write for others to read. */
  async #written(): Promise<readonly TopicPartition[]> {
    const { worker, subs } = this.#settings;
    const topics = [...topicsKeyed(subs), ...topicsTold(subs)];
    const counts = await partitionsOf(worker.driver.admin(), topics);
    return topics.flatMap((topic) => partitionsOfTopic(topic, counts));
  }

  /** Whether what is to be read is what was read before, and still there. */
  async #look(owned: Owned, committed: Committed): Promise<void> {
    const { worker, consumer, subs } = this.#settings;
    const { partitions } = owned.assignment;
    const keyed = topicsKeyed(subs);
    const counts = await partitionsOf(worker.driver.admin(), topicsRead(subs));
    owned.counts = counts;
    await assertPartitionsKept(keyed, counts, committed, consumer);
    const { lostInput = 'refuse' } = worker;
    const atomic = worker.guarantee !== 'at-least-once';
    const settings = {
      ...worker,
      telemetry: telemetryOf(worker),
      consumer,
      lostInput,
      atomic,
      keyed,
      counts,
    };
    const { beginnings: found, began } = await beginnings(partitions, committed, settings);
    owned.beginnings = found;
    owned.began = began;
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
    const { entries, replayed, snapshotOffset, degradedFrom, ahead } = await restore(task, at, committed, {
      driver: worker.driver,
      clock: worker.clock,
      snapshot: () => snapshots.load(task),
      topologyHash,
      restoring: (remaining) => telemetryOf(worker).restoring?.(task.id, remaining),
      recalls: sub.nodes.filter(
        (node): node is FoldNode => node.kind === 'fold' && node.recall !== undefined,
      ),
      stillOwned,
    });
    if (ahead) await snapshots.drop(task);
    await snapshots.begin(task, snapshotOffset, committed?.offset ?? 0);
    if (degradedFrom !== undefined) telemetryOf(worker).degraded?.(task.id, degradedFrom);
    telemetryOf(worker).restored(task.id, entries, replayed, worker.clock.now() - began);
    this.#restored.add(task, at, committed);
  }

  #newTask(sub: SubTopology, partition: number, outbox: Outbox): Task {
    const { worker } = this.#settings;
    return new Task(sub, partition, outbox, {
      deadLetters: worker.deadLetters,
      snapshots: worker.snapshots !== undefined,
      telemetry: telemetryOf(worker),
    });
  }
}
