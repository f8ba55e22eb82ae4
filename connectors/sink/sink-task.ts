import type { KafkaRecord, OutgoingRecord } from '../../topology/model/record.ts';
import type { Topic } from '../../topology/model/topic.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Batch, CommittedOffset, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { type Failure, sinkDeadLetter } from './dead-letter.ts';
import { Deliveries } from './deliveries.ts';
import { Lanes } from './lanes.ts';
import { OffsetTracker } from './offset-tracker.ts';
import { Reading } from './reading.ts';
import type { Delivery, Lane, Sink, SinkRecord } from './sink.ts';
import { type Standing, standingText } from './standing.ts';

export interface SinkTaskSettings<V> {
  readonly sink: Sink<V>;
  readonly topic: Topic<V>;
  readonly clock: Clock;
  /** Of the worker that it is in: said beside what is committed. */
  readonly slot: string;
  readonly deadLetters: string;
  /** Something outside failed and is tried again; a code of the table of errors. */
  readonly retrying?: (code: string) => void;
  /** A record became a dead letter, for this reason. */
  readonly deadLettered?: (reason: string) => void;
  /** Something is over: there is something to commit. */
  readonly progress: () => void;
}

/** What is to be written now of a partition, and what goes with it. */
export interface Settled {
  readonly outputs: readonly (readonly [topic: string, record: OutgoingRecord])[];
  readonly offset: CommittedOffset;
  /** It stands. */
  readonly committed: () => void;
}

const decoder = new TextDecoder();

/** One partition in the hands of a sink: what is under way, what is over, and what is to be written of it. */
export class SinkTask<V> {
  readonly at: TopicPartition;
  readonly #settings: SinkTaskSettings<V>;
  readonly #offsets: OffsetTracker;
  readonly #began: number | undefined;
  readonly #reading: Reading<V>;
  readonly #lanes: Lanes<V>;
  readonly #deliveries = new Deliveries<V>();
  readonly #raw = new Map<number, KafkaRecord>();
  readonly #ended = new AbortController();
  #leaving = false;
  #outputs: Delivery<V>['outputs'][number][] = [];
  /** Lanes that go on when what is over is committed. */
  #waiting: (() => void)[] = [];
  #committed: number;

  constructor(at: TopicPartition, from: number, { began, ahead }: Standing, settings: SinkTaskSettings<V>) {
    this.at = at;
    this.#settings = settings;
    this.#offsets = new OffsetTracker(from, ahead);
    this.#began = began;
    this.#committed = from;
    this.#lanes = new Lanes((lane) => this.#deliver(lane));
    this.#reading = new Reading(settings.topic.value, settings.clock, this.#ended.signal, {
      read: (record, value) => this.#read(record, value),
      lost: (record, reason, error) => this.#lost(record, reason, error),
      reached: (nextOffset) => {
        this.#offsets.reached(nextOffset);
        settings.progress();
      },
      ...(settings.retrying && { retrying: settings.retrying }),
    });
  }

  /** Records that were taken in and are not over. */
  get pending(): number {
    return this.#offsets.pending;
  }

  /** Records that the sink is carrying out now. */
  get underWay(): number {
    return this.#deliveries.taken;
  }

  /** When the oldest record was written that is not over; epoch milliseconds. */
  get oldest(): number | undefined {
    const [first] = this.#raw.values();
    return first?.timestamp ?? this.#reading.oldest;
  }

  /** Offset up to which all is over. */
  get next(): number {
    return this.#offsets.next;
  }

  get hasProgress(): boolean {
    return this.#outputs.length > 0 || this.#waiting.length > 0 || this.#offsets.next > this.#committed;
  }

  /**
   * Takes in a batch. A record that cannot be read is a dead letter; one whose schema is not known waits for it, and the rest
   * behind it: then there is a promise, until whose end nothing more should be read of the partition.
   */
  take(batch: Batch): Promise<void> | undefined {
    const records = batch.records.filter(({ offset }) => this.#offsets.begin(offset));
    return this.#reading.take({ ...batch, records });
  }

  /** Carries out the lane of a key, even if no record waits in it. */
  wake(key: string): void {
    this.#lanes.wake(key);
  }

  /** Begins nothing more; what is under way may end. */
  leave(): void {
    this.#leaving = true;
    this.#deliveries.stopIdle();
  }

  /** Nothing is wanted of it any more. */
  end(): void {
    this.leave();
    this.#deliveries.stop();
    this.#ended.abort();
  }

  /** Resolves when the sink does nothing of it any more. */
  ended(): Promise<void> {
    return this.#deliveries.ended();
  }

  settle(): Settled {
    const outputs = this.#outputs;
    const waiting = this.#waiting;
    this.#outputs = [];
    this.#waiting = [];
    const { next, ahead } = this.#offsets;
    this.#committed = next;
    const metadata = standingText(next, { began: this.#began, ahead }, this.#settings.slot);
    return {
      outputs,
      offset: { offset: next, metadata },
      committed: () => {
        for (const goOn of waiting) goOn();
      },
    };
  }

  #read(record: KafkaRecord, value: V): void {
    const { offset, timestamp, key } = record;
    if (key === null) return;
    this.#raw.set(offset, record);
    this.#lanes.add({ ...this.at, offset, timestamp, key: decoder.decode(key), value });
  }

  /** Whether the lane goes on. */
  async #deliver(lane: Lane<V>): Promise<boolean> {
    if (this.#leaving) return false;
    const one = this.#deliveries.begin(lane);
    const wanted = lane.waiting.length > 0;
    try {
      const { outputs, refused = [] } = await this.#settings.sink.deliver(one.lane, one.signal);
      if (one.taken.length === 0 && wanted && !one.signal.aborted) throw new Error('It took nothing.');
      for (const { record, reason } of refused) this.#letter(record.offset, 'TASK_PUT', reason, undefined);
      this.#over(one.taken, outputs);
    } catch (error) {
      if (one.signal.aborted) return false;
      // A bug must not hold up the patients behind it; what it took is kept where somebody looks.
      if (one.taken.length === 0 && wanted) one.lane.take();
      for (const { offset } of one.taken) this.#letter(offset, 'TASK_PUT', 'step-failed', error);
      this.#over(one.taken, []);
    } finally {
      this.#deliveries.end(one);
    }
    await this.#commits();
    return !this.#leaving;
  }

  /** What came of it is written, and so is that it is over. */
  #commits(): Promise<void> {
    const committed = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#settings.progress();
    return committed;
  }

  #over(taken: readonly SinkRecord<V>[], outputs: Delivery<V>['outputs']): void {
    this.#outputs.push(...outputs);
    for (const { offset } of taken) {
      this.#raw.delete(offset);
      this.#offsets.end(offset);
    }
  }

  #lost(record: KafkaRecord, reason: string, error: unknown): void {
    this.#raw.set(record.offset, record);
    this.#letter(record.offset, 'VALUE_CONVERTER', reason, error);
    this.#raw.delete(record.offset);
    this.#offsets.end(record.offset);
    this.#settings.progress();
  }

  #letter(offset: number, stage: Failure['stage'], reason: string, error: unknown): void {
    const { clock, deadLetters, deadLettered, sink } = this.#settings;
    const record = this.#raw.get(offset);
    if (record === undefined) return;
    const failure: Failure = {
      connector: sink.name,
      task: String(this.at.partition),
      stage,
      reason,
      error,
    };
    this.#outputs.push([deadLetters, sinkDeadLetter(record, this.at, failure, clock.now())]);
    deadLettered?.(reason);
  }
}
