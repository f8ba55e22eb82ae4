import type { OffsetCommits } from '../ports/kafka-driver.ts';
import type { SnapshotChange, SnapshotStore } from '../ports/snapshot-store.ts';
import type { Task } from './task.ts';

interface Progress {
  readonly epoch: number;
  /** The store holds an older snapshot of this task that changes can be added to. */
  begun: boolean;
  saved: number;
  committed: number;
}

/**
 * Saves the committed state of tasks, with its own offset, every so many records and when a task is given up.
 * Only what changed since the last save is written; a save that is fenced is dropped: the newer owner's stands.
 */
export class Snapshots {
  readonly #store: SnapshotStore | undefined;
  readonly #application: string;
  readonly #topologyHash: string;
  readonly #everyRecords: number;
  readonly #progress = new Map<Task, Progress>();

  constructor(store: SnapshotStore | undefined, application: string, topologyHash: string, everyRecords: number) {
    this.#store = store;
    this.#application = application;
    this.#topologyHash = topologyHash;
    this.#everyRecords = everyRecords;
  }

  /** A task is restored: from here on its snapshots bear a new epoch. */
  async begin(task: Task, fromSnapshot: boolean): Promise<void> {
    if (this.#store === undefined) return;
    const epoch = await this.#store.nextEpoch({ application: this.#application, task: task.id });
    this.#progress.set(task, { epoch, begun: fromSnapshot, saved: 0, committed: 0 });
  }

  /** After a commit: saves the tasks whose last save lies far enough back. */
  async after(tasks: readonly Task[], offsets: OffsetCommits): Promise<void> {
    if (this.#store === undefined) return;
    for (const task of tasks) {
      const progress = this.#progress.get(task);
      if (progress === undefined) continue;
      for (const [at, { offset }] of offsets) if (at.endsWith(`/${task.partition}`) && task.reads(at)) progress.committed = offset;
      if (progress.committed - progress.saved >= this.#everyRecords) await this.#save(this.#store, task, progress);
    }
  }

  /** The tasks are given up: what they committed is saved. */
  async flush(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) {
      const progress = this.#progress.get(task);
      if (this.#store !== undefined && progress !== undefined && progress.committed > progress.saved) await this.#save(this.#store, task, progress);
      this.#progress.delete(task);
    }
  }

  async #save(store: SnapshotStore, task: Task, progress: Progress): Promise<void> {
    const header = { offset: progress.committed, topologyHash: this.#topologyHash, stateHash: task.stateHash, epoch: progress.epoch };
    const changes = progress.begun ? task.unsaved() : everything(task);
    await store.save({ application: this.#application, task: task.id }, header, changes, !progress.begun);
    progress.begun = true;
    progress.saved = progress.committed;
  }
}

function* everything(task: Task): Generator<SnapshotChange> {
  // The changes so far are part of the whole: they need not be told again.
  for (const store of task.stores.values()) {
    for (const _change of store.unsaved());
    for (const [key, state] of store.entries()) yield [store.name, key, state];
  }
}
