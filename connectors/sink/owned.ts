import type { OutgoingRecord } from '../../topology/model/record.ts';
import { type Assignment, type OffsetCommits, partitionKey } from '../../topology/ports/kafka-driver.ts';
import type { SinkTask } from './sink-task.ts';

/** What a member owns between two rebalances. Its identity is looked at after every await. */
export class Owned<V> {
  readonly assignment: Assignment;
  phase: 'opening' | 'live' | 'leaving' = 'opening';
  tasks: readonly SinkTask<V>[] = [];
  readonly #ended = new AbortController();

  constructor(assignment: Assignment) {
    this.assignment = assignment;
  }

  /** Aborts when nothing is wanted of it any more. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  end(): void {
    this.#ended.abort();
  }

  taskOf(topic: string, partition: number): SinkTask<V> | undefined {
    return this.tasks.find(({ at }) => at.topic === topic && at.partition === partition);
  }

  /** Records taken in and not over. */
  get pending(): number {
    return this.tasks.reduce((sum, task) => sum + task.pending, 0);
  }

  /** When the oldest record was written that waits; epoch milliseconds. */
  get oldest(): number | undefined {
    const oldest = this.tasks.flatMap((task) => task.oldest ?? []);
    return oldest.length === 0 ? undefined : Math.min(...oldest);
  }

  /** What is to be written now, and the offsets that go with it. */
  settle(): {
    readonly outputs: readonly (readonly [topic: string, record: OutgoingRecord])[];
    readonly offsets: OffsetCommits;
  } {
    const settled = this.tasks
      .filter((task) => task.hasProgress)
      .map((task) => ({ at: task.at, ...task.settle() }));
    return {
      outputs: settled.flatMap(({ outputs }) => outputs),
      offsets: new Map(settled.map(({ at, next }) => [partitionKey(at), { offset: next, metadata: '' }])),
    };
  }
}
