import { type CommittedOffset, partitionKey, type TopicPartition } from '../ports/kafka-driver.ts';
import type { Task } from './task.ts';

type Committed = ReadonlyMap<string, CommittedOffset>;

/**
 * The tasks of a takeover whose restores have resolved, and the committed offsets that they were restored to. A takeover that is tried again
 * keeps them: else a rebuild of hours would begin anew with each leader that is away for a moment.
 */
export class RestoredTasks {
  #offsets = new WeakMap<Task, Map<string, CommittedOffset | undefined>>();

  /** A restore has resolved: of a task that reads several topics it is one of several. */
  add(task: Task, at: TopicPartition, committed: CommittedOffset | undefined): void {
    const offsets = this.#offsets.get(task) ?? new Map<string, CommittedOffset | undefined>();
    this.#offsets.set(task, offsets.set(partitionKey(at), committed));
  }

  has(task: Task): boolean {
    return this.#offsets.has(task);
  }

  /** Whether the task is restored from all these partitions, which it reads, to what is committed now: as it was said, hash and all. */
  standsAt(task: Task, partitions: readonly string[], committed: Committed): boolean {
    const offsets = this.#offsets.get(task);
    return (
      offsets !== undefined &&
      partitions.every((at) => offsets.has(at) && same(offsets.get(at), committed.get(at)))
    );
  }

  /** The tasks are at work: from here on their states move, and stand at none of these offsets. */
  clear(): void {
    this.#offsets = new WeakMap();
  }
}

const same = (a: CommittedOffset | undefined, b: CommittedOffset | undefined): boolean =>
  a?.offset === b?.offset && a?.metadata === b?.metadata;
