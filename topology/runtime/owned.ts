import type {
  Assignment,
  Batch,
  CommittedOffset,
  PolledBatch,
  TopicPartition,
} from '../ports/kafka-driver.ts';
import { partitionKey } from '../ports/kafka-driver.ts';
import type { Beginnings } from './beginnings.ts';
import { readMetadata } from './commit-metadata.ts';
import { Scope } from './scope.ts';
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
  /** When the group began, epoch milliseconds; undefined when nobody noted it. */
  began: number | undefined;
  /** What the states stand at: the committed offsets as they were taken over, and moved on since. */
  committed: Map<string, CommittedOffset> = new Map();
  phase: Phase = 'taking-over';
  readonly #byPartition = new Map<string, Task>();
  /** Partitions of which more is known to be there than was polled. */
  readonly #behind = new Set<string>();
  readonly #scopes = new Map<string, Scope>();
  readonly #scopeByPartition = new Map<string, Scope>();

  /** `scopeOf`: name of the scope that a partition is committed in. */
  constructor(assignment: Assignment, scopeOf: (at: TopicPartition) => string) {
    this.assignment = assignment;
    for (const at of assignment.partitions) {
      const name = scopeOf(at);
      const scope = this.#scopes.get(name) ?? new Scope(name);
      this.#scopes.set(name, scope);
      this.#scopeByPartition.set(partitionKey(at), scope);
    }
  }

  /** First offset that the state of a partition, `topic/partition`, is made of; undefined: that of the first record ever. */
  firstOf(at: string): number | undefined {
    const committed = this.committed.get(at);
    if (committed !== undefined) return readMetadata(committed.metadata)?.from;
    const first = this.beginnings.get(at)?.offset;
    return first === 0 ? undefined : first;
  }

  get scopes(): readonly Scope[] {
    return [...this.#scopes.values()];
  }

  /** The scope that the partition is committed in; undefined: it is not owned. */
  scopeOf(at: TopicPartition): Scope | undefined {
    return this.#scopeByPartition.get(partitionKey(at));
  }

  /** The task that reads the partition: in one scope a task reads the same partition of each topic of its sub-topology. */
  add(at: TopicPartition, task: Task): void {
    this.#byPartition.set(partitionKey(at), task);
    const tasks = this.scopeOf(at)?.tasks;
    if (tasks?.includes(task) === false) tasks.push(task);
  }

  /** Offset that the partition is read on from. */
  position(at: TopicPartition): number {
    return this.taskOf(at)?.next.get(at.topic) ?? this.committed.get(partitionKey(at))?.offset ?? 0;
  }

  taskOf(at: TopicPartition): Task | undefined {
    return this.#byPartition.get(partitionKey(at));
  }

  get tasks(): readonly Task[] {
    return this.scopes.flatMap(({ tasks }) => tasks);
  }

  /** A batch was polled. */
  polled(batch: PolledBatch): void {
    if (batch.more) this.#behind.add(partitionKey(batch));
    else this.#behind.delete(partitionKey(batch));
  }

  /** There is a backlog, whatever the last poll gave of it. */
  get behind(): boolean {
    return this.#behind.size > 0;
  }

  /** A batch was processed. */
  took(batch: Batch): void {
    const scope = this.scopeOf(batch);
    if (scope !== undefined) scope.uncommitted += batch.records.length;
  }

  /** Whether there is an offset to commit: where something was processed, or where a partition begins. */
  get moved(): boolean {
    return this.tasks.some(({ next }) => next.size > 0);
  }

  /** Forgets what is processed and not committed. */
  discard(): void {
    for (const scope of this.#scopes.values()) scope.discard();
  }

  /** Ends all tasks and forgets them, but for those that are kept. */
  close(kept: (task: Task) => boolean = () => false): void {
    for (const scope of this.#scopes.values()) scope.close(kept);
    const left = new Set(this.tasks);
    for (const [at, task] of this.#byPartition) if (!left.has(task)) this.#byPartition.delete(at);
  }
}
