import type { Assignment, TopicPartition } from '../ports/kafka-driver.ts';
import { partitionKey } from '../ports/kafka-driver.ts';
import type { Beginnings } from './beginnings.ts';
import type { Task } from './task.ts';

/** What must be done before work goes on: tasks restored; the fate of a commit that failed learned; nothing. */
export type Phase = 'taking-over' | 'in-doubt' | 'live';

/** What a worker owns between two rebalances. Its identity is the assignment's, and is checked after every await. */
export class Owned {
  readonly assignment: Assignment;
  /** Numbers of partitions of the topics that are read, as of the takeover. */
  counts: ReadonlyMap<string, number> = new Map();
  /** Of partitions whose committed offsets do not say where to begin. */
  beginnings: Beginnings = new Map();
  phase: Phase = 'taking-over';
  readonly #byPartition = new Map<string, Task>();
  readonly #byId = new Map<string, Task>();

  constructor(assignment: Assignment) {
    this.assignment = assignment;
  }

  /** The task that reads the partition: a task reads the same partition of each topic of its sub-topology. */
  add(at: TopicPartition, task: Task): void {
    this.#byPartition.set(partitionKey(at), task);
    this.#byId.set(task.id, task);
  }

  taskOf(at: TopicPartition): Task | undefined {
    return this.#byPartition.get(partitionKey(at));
  }

  task(id: string): Task | undefined {
    return this.#byId.get(id);
  }

  get tasks(): readonly Task[] {
    return [...this.#byId.values()];
  }

  /** Whether there is an offset to commit: where something was processed, or where a partition begins. */
  get moved(): boolean {
    for (const { next } of this.#byId.values()) if (next.size > 0) return true;
    return false;
  }

  /** Ends all tasks and forgets them. */
  close(): void {
    for (const task of this.#byId.values()) task.close();
    this.#byPartition.clear();
    this.#byId.clear();
  }
}
