import { type CommittedOffset, partitionKey, type TopicPartition } from '../ports/kafka-driver.ts';
import type { Task } from './task.ts';

type Committed = ReadonlyMap<string, CommittedOffset>;

/**
 * The tasks of a takeover whose restores have resolved, and the committed offsets that they were restored to. A takeover that is tried again
 * keeps them: else a rebuild of hours would begin anew with each leader that is away for a moment.
 */
export class RestoredTasks {
  #committed = new WeakMap<Task, readonly [at: string, committed: CommittedOffset | undefined]>();

  /** A restore has resolved. */
  add(task: Task, at: TopicPartition, committed: CommittedOffset | undefined): void {
    this.#committed.set(task, [partitionKey(at), committed]);
  }

  has(task: Task): boolean {
    return this.#committed.has(task);
  }

  /** Whether the task is restored to what is committed now: as it was said, hash and all. */
  standsAt(task: Task, committed: Committed): boolean {
    const restored = this.#committed.get(task);
    return restored !== undefined && same(restored[1], committed.get(restored[0]));
  }

  /** The tasks are at work: from here on their states move, and stand at none of these offsets. */
  clear(): void {
    this.#committed = new WeakMap();
  }
}

const same = (a: CommittedOffset | undefined, b: CommittedOffset | undefined): boolean =>
  a?.offset === b?.offset && a?.metadata === b?.metadata;
