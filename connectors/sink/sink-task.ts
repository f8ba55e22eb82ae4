import { isStreamsError } from '../../topology/model/errors.ts';
import type { KafkaRecord, OutgoingRecord } from '../../topology/model/record.ts';
import { type Duration, milliseconds } from '../../topology/model/time.ts';
import type { Topic } from '../../topology/model/topic.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Batch, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { type Failure, sinkDeadLetter } from './dead-letter.ts';
import { Lanes } from './lanes.ts';
import { OffsetTracker } from './offset-tracker.ts';
import type { Delivery, Lane, Sink, SinkRecord } from './sink.ts';

export interface SinkTaskSettings<V> {
  readonly sink: Sink<V>;
  readonly topic: Topic<V>;
  readonly clock: Clock;
  readonly deadLetters: string;
  /** Something is over: there is something to commit. */
  readonly progress: () => void;
  readonly signal: AbortSignal;
}

const decoder = new TextDecoder();
const ASK_AGAIN: Duration = milliseconds(500);

/** One partition in the hands of a sink: what is under way, what is over, and what is to be written of it. */
export class SinkTask<V> {
  readonly at: TopicPartition;
  readonly #settings: SinkTaskSettings<V>;
  readonly #offsets: OffsetTracker;
  readonly #lanes: Lanes<V>;
  readonly #raw = new Map<number, KafkaRecord>();
  #outputs: Delivery['outputs'][number][] = [];
  #committed: number;

  constructor(at: TopicPartition, from: number, settings: SinkTaskSettings<V>) {
    this.at = at;
    this.#settings = settings;
    this.#offsets = new OffsetTracker(from);
    this.#committed = from;
    this.#lanes = new Lanes((lane) => this.#deliver(lane));
  }

  /** Records that were taken in and are not over. */
  get pending(): number {
    return this.#offsets.pending;
  }

  /** When the oldest record was written that nobody has carried out; epoch milliseconds. */
  get oldest(): number | undefined {
    return this.#lanes.oldest;
  }

  get hasProgress(): boolean {
    return this.#outputs.length > 0 || this.#offsets.next > this.#committed;
  }

  /** Takes in a batch. A record that cannot be read is a dead letter; one whose schema is not known waits for it. */
  async take(batch: Batch): Promise<void> {
    const { signal, progress } = this.#settings;
    for (const record of batch.records) {
      this.#offsets.begin(record.offset);
      await this.#read(record);
      if (signal.aborted) return;
    }
    this.#offsets.reached(batch.nextOffset);
    progress();
  }

  /** What is to be written now, and the offset that goes with it. */
  settle(): { readonly outputs: Delivery['outputs']; readonly next: number } {
    const outputs = this.#outputs;
    this.#outputs = [];
    this.#committed = this.#offsets.next;
    return { outputs, next: this.#committed };
  }

  async #read(record: KafkaRecord): Promise<void> {
    const { clock, signal, topic } = this.#settings;
    if (record.key === null || record.value === null) {
      this.#lost(record, 'VALUE_CONVERTER', record.key === null ? 'missing-key' : 'tombstone', undefined);
      return;
    }
    while (!signal.aborted) {
      try {
        const { offset, timestamp } = record;
        const value = topic.value.decode(record.value);
        this.#raw.set(offset, record);
        this.#lanes.add({ ...this.at, offset, timestamp, key: decoder.decode(record.key), value });
        return;
      } catch (error) {
        if (!isStreamsError(error) || error.code !== 'schema-not-read' || topic.value.learn === undefined) {
          this.#lost(record, 'VALUE_CONVERTER', isStreamsError(error) ? error.code : 'unreadable', error);
          return;
        }
      }
      const learnt = await topic.value.learn(record.value).then(
        () => true,
        () => false,
      );
      if (!learnt) await clock.sleep(ASK_AGAIN, signal);
    }
  }

  async #deliver(lane: Lane<V>): Promise<void> {
    const { sink, signal } = this.#settings;
    if (signal.aborted) return;
    let taken: readonly SinkRecord<V>[] = [];
    const watched: Lane<V> = {
      key: lane.key,
      get waiting() {
        return lane.waiting;
      },
      take: () => {
        const more = lane.take();
        taken = [...taken, ...more];
        return more;
      },
    };
    try {
      const { outputs } = await sink.deliver(watched, signal);
      if (taken.length > 0) this.#over(taken, outputs);
      else if (!signal.aborted) throw new Error('It took nothing.');
    } catch (error) {
      if (signal.aborted) return;
      // A bug must not hold up the patients behind it; what it took is kept where somebody looks.
      if (taken.length === 0) watched.take();
      for (const { offset } of taken) {
        const record = this.#raw.get(offset);
        if (record !== undefined) this.#outputs.push(this.#letter(record, 'TASK_PUT', 'step-failed', error));
      }
      this.#over(taken, []);
    }
  }

  #over(taken: readonly SinkRecord<V>[], outputs: Delivery['outputs']): void {
    this.#outputs.push(...outputs);
    for (const { offset } of taken) {
      this.#raw.delete(offset);
      this.#offsets.end(offset);
    }
    this.#settings.progress();
  }

  #lost(record: KafkaRecord, stage: Failure['stage'], reason: string, error: unknown): void {
    this.#outputs.push(this.#letter(record, stage, reason, error));
    this.#offsets.end(record.offset);
    this.#settings.progress();
  }

  #letter(
    record: KafkaRecord,
    stage: Failure['stage'],
    reason: string,
    error: unknown,
  ): readonly [string, OutgoingRecord] {
    const { clock, deadLetters, sink } = this.#settings;
    const failure: Failure = {
      connector: sink.name,
      task: String(this.at.partition),
      stage,
      reason,
      error,
    };
    return [deadLetters, sinkDeadLetter(record, this.at, failure, clock.now())];
  }
}
