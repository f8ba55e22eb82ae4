import type { Duration, Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { OffsetCommits } from '../ports/kafka-driver.ts';
import type { Snapshot, SnapshotChange, SnapshotKey, SnapshotStore } from '../ports/snapshot-store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { codeOf } from './dead-letter-record.ts';
import type { Task } from './task.ts';

interface Progress {
  /** Of the saves of this assignment; undefined: to be asked for with the next one. */
  epoch: number | undefined;
  /** Offset of the snapshot that the store holds of this task and that changes can be added to. */
  base: number | undefined;
  /** Offset up to which a save was begun. */
  saved: number;
  /** When that save was begun, or else the task taken over. */
  since: Instant;
  committed: number;
  saving: Promise<void> | undefined;
}

export interface SnapshotSettings {
  readonly store: SnapshotStore | undefined;
  readonly application: string;
  readonly topologyHash: string;
  /** Records between two saves of a task. */
  readonly everyRecords: number;
  /** Time between two saves of a task that has changed. */
  readonly interval: Duration;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** So many times the interval is the longest pause while the store is away. */
const LONGEST_PAUSE = 8;

/**
 * Saves the committed state of tasks, with its own offset, every so many records, in any case after a while, and when a task is given up.
 * Only what changed since the last save is written, and nobody waits for it. The store is a cache: a save that is
 * fenced or fails is dropped, and the next one is whole; where even that is refused, the one after it has a new epoch.
 */
export class Snapshots {
  readonly #settings: SnapshotSettings;
  readonly #progress = new WeakMap<Task, Progress>();
  /** A save that only its time made due is under way. */
  #inTime = false;
  /** Last pause behind a save that failed, milliseconds; 0: none failed since one succeeded. Each would be whole, and in vain. */
  #pause = 0;
  /** No save that only its time makes due before then, epoch milliseconds. */
  #notBefore = 0;

  constructor(settings: SnapshotSettings) {
    this.#settings = settings;
  }

  /** The task's newest snapshot; undefined when there is none, or none to be had. */
  async load(task: Task): Promise<Snapshot | undefined> {
    try {
      return await this.#settings.store?.load(this.#key(task));
    } catch (error) {
      this.#failed(task, error);
      return undefined;
    }
  }

  /** What the store holds of the task is of no use to anybody. */
  async drop(task: Task): Promise<void> {
    try {
      await this.#settings.store?.drop(this.#key(task));
    } catch (error) {
      this.#failed(task, error);
    }
  }

  /** A task is restored: from here on its snapshots bear a new epoch; when the store is not to be had, from the first save on that it takes. */
  async begin(task: Task, snapshotOffset: number | undefined, committed: number): Promise<void> {
    const { store, clock } = this.#settings;
    if (store === undefined) return;
    let epoch: number | undefined;
    try {
      epoch = await store.nextEpoch(this.#key(task));
    } catch (error) {
      this.#failed(task, error);
    }
    const [base, saved] = [snapshotOffset, snapshotOffset ?? 0];
    this.#progress.set(task, { epoch, base, saved, since: clock.now(), committed, saving: undefined });
  }

  /** After a commit: begins to save the tasks whose last save lies far enough back, one save of a task at a time. */
  after(tasks: readonly Task[], offsets: OffsetCommits): void {
    const { store, everyRecords, interval, clock } = this.#settings;
    if (store === undefined) return;
    let oldest: readonly [Task, Progress] | undefined;
    for (const task of tasks) {
      const progress = this.#progress.get(task);
      if (progress === undefined) continue;
      for (const [at, { offset }] of offsets) if (task.reads(at)) progress.committed = offset;
      if (progress.saving !== undefined || progress.committed <= progress.saved) continue;
      if (progress.committed - progress.saved >= everyRecords) void this.#save(task, progress);
      else if (oldest === undefined || progress.since < oldest[1].since) oldest = [task, progress];
    }
    const now = clock.now();
    if (oldest === undefined || this.#inTime || now < this.#notBefore) return;
    if (now - oldest[1].since < interval) return;
    // One after the other: tasks are taken over together, and all of them at once would hold up a turn, and hold a copy of all states
    // for as long as a store that is away is waited for.
    this.#inTime = true;
    void this.#save(...oldest).finally(() => {
      this.#inTime = false;
    });
  }

  /** The tasks are given up: resolves when what they committed is saved, or could not be. */
  async flush(tasks: readonly Task[]): Promise<void> {
    await Promise.all(tasks.map((task) => this.#flush(task)));
  }

  async #flush(task: Task): Promise<void> {
    const progress = this.#progress.get(task);
    if (progress === undefined) return;
    await progress.saving;
    // Also what the last save was to bring, if it did not.
    if (progress.committed > (progress.base ?? 0)) await this.#save(task, progress);
    this.#progress.delete(task);
  }

  #save(task: Task, progress: Progress): Promise<void> {
    progress.saving = this.#write(task, progress).finally(() => {
      progress.saving = undefined;
    });
    return progress.saving;
  }

  async #write(task: Task, progress: Progress): Promise<void> {
    const { store, topologyHash, interval, clock } = this.#settings;
    progress.saved = progress.committed;
    progress.since = clock.now();
    try {
      progress.epoch ??= await store?.nextEpoch(this.#key(task));
      if (progress.epoch === undefined) return;
      const { committed: offset, epoch, base } = progress;
      const header = { offset, topologyHash, stateHash: task.committedHash, epoch };
      progress.saved = offset;
      // Its changes may be lost on the way: unless the store says that it has them, the next save is whole.
      progress.base = undefined;
      const changes = base === undefined ? everything(task) : task.unsaved();
      if ((await store?.save(this.#key(task), header, changes, base)) === true) progress.base = offset;
      else if (base === undefined) this.#refused(task, progress);
      this.#pause = 0;
    } catch (error) {
      this.#pause = Math.min(this.#pause === 0 ? interval : 2 * this.#pause, LONGEST_PAUSE * interval);
      this.#notBefore = clock.now() + this.#pause;
      this.#failed(task, error);
    }
  }

  /** Even a whole save: somebody has a newer epoch, and may be one who gave the task up and asked for it too late to know. */
  #refused(task: Task, progress: Progress): void {
    progress.epoch = undefined;
    this.#settings.telemetry.snapshotFailed?.(task.id, 'refused');
  }

  #key(task: Task): SnapshotKey {
    return { application: this.#settings.application, task: task.id };
  }

  #failed(task: Task, error: unknown): void {
    this.#settings.telemetry.snapshotFailed?.(task.id, codeOf(error));
  }
}

function* everything(task: Task): Generator<SnapshotChange> {
  // The changes so far are part of the whole: they need not be told again.
  for (const store of task.stores.values()) {
    for (const _change of store.unsaved());
    for (const [key, state] of store.entries()) yield [store.name, key, state];
  }
}
