import type { OutgoingRecord } from '../../topology/model/record.ts';
import { type Assignment, type OffsetCommits, partitionKey } from '../../topology/ports/kafka-driver.ts';
import type { SinkTask } from './sink-task.ts';

/** What is to be written now, and the offsets that go with it. */
interface Settled {
  readonly outputs: readonly (readonly [topic: string, record: OutgoingRecord])[];
  readonly offsets: OffsetCommits;
  /** It stands. */
  readonly committed: () => void;
}

/** What a member owns between two rebalances. Its identity is looked at after every await. */
export class Owned<V> {
  readonly assignment: Assignment;
  phase: 'opening' | 'live' | 'leaving' | 'ended' = 'opening';
  /** Those that are open; while it opens some may be missing. */
  readonly tasks: SinkTask<V>[] = [];
  readonly #ended = new AbortController();

  constructor(assignment: Assignment) {
    this.assignment = assignment;
  }

  /** Aborts when nothing is wanted of it any more. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** Lets what is under way end, and begins nothing more. */
  leave(): void {
    this.phase = 'leaving';
    for (const task of this.tasks) task.leave();
  }

  end(): void {
    this.phase = 'ended';
    this.#ended.abort();
    for (const task of this.tasks) task.end();
  }

  /** Resolves when the sink does nothing of it any more. */
  async idle(): Promise<void> {
    await Promise.all(this.tasks.map((task) => task.ended()));
  }

  taskOf(topic: string, partition: number): SinkTask<V> | undefined {
    return this.tasks.find(({ at }) => at.topic === topic && at.partition === partition);
  }

  /** Records taken in and not over. */
  get pending(): number {
    return this.tasks.reduce((sum, task) => sum + task.pending, 0);
  }

  /** When the oldest record was written that is not over; epoch milliseconds. */
  get oldest(): number | undefined {
    const oldest = this.tasks.flatMap((task) => task.oldest ?? []);
    return oldest.length === 0 ? undefined : Math.min(...oldest);
  }

  settle(): Settled {
    const settled = this.tasks
      .filter((task) => task.hasProgress)
      .map((task) => ({ at: task.at, ...task.settle() }));
    return {
      outputs: settled.flatMap(({ outputs }) => outputs),
      offsets: new Map(settled.map(({ at, offset }) => [partitionKey(at), offset])),
      committed: () => {
        for (const { committed } of settled) committed();
      },
    };
  }
}
