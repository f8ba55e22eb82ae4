import { seconds } from '../../topology/model/time.ts';
import type {
  Assignment,
  Batch,
  CommittedOffset,
  ConsumerPort,
  KafkaDriver,
  PolledBatch,
  TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { partitionKey } from '../../topology/ports/kafka-driver.ts';

export interface TopicReaderOptions {
  readonly driver: KafkaDriver;
  readonly groupId: string;
  readonly topic: string;
  /** Called for every batch before its offsets are committed. */
  readonly each: (batch: Batch) => void;
}

const PATIENCE = { sessionTimeout: seconds(6), rebalanceTimeout: seconds(6) };
const LIMITS = { maxRecords: 1_000, maxBytes: 8 << 20, waitMs: 50 } as const;

/**
 * A consumer group of one member on one topic. It begins where the group last committed, and commits a batch after
 * it was handled: at least once.
 */
export class TopicReader {
  readonly #options: TopicReaderOptions;
  readonly #consumer: ConsumerPort;
  readonly #committed = new Map<string, CommittedOffset>();
  /** What the group gave, and what is read: the offsets to begin at lie between the two. */
  #given: Assignment | undefined;
  #assignment: Assignment | undefined;
  #stopping = false;
  #running: Promise<void> | undefined;
  #failure: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: TopicReaderOptions) {
    this.#options = options;
    this.#consumer = options.driver.consumer({ groupId: options.groupId, ...PATIENCE });
  }

  start(): void {
    this.#running ??= this.#work().catch((error: unknown) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#wake();
    });
  }

  /** Reads no more and leaves the group. @throws what ended the reading. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when everything in the topic is handled and committed. @throws what ended the reading. */
  async settled(): Promise<void> {
    for (;;) {
      // Asked for before looking: what is read while we look must not be missed.
      const read = new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (!(await this.#behind())) return;
      await read;
    }
  }

  /** Lets go of the log behind what is committed. */
  async truncate(): Promise<void> {
    const admin = this.#options.driver.admin();
    for (const at of this.#partitions()) {
      const committed = this.#committed.get(partitionKey(at));
      if (committed !== undefined) await admin.deleteRecords(at, committed.offset);
    }
  }

  async #behind(): Promise<boolean> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#assignment === undefined) return true;
    const admin = this.#options.driver.admin();
    for (const at of this.#partitions()) {
      const { end } = await admin.offsets(at);
      if ((this.#committed.get(partitionKey(at))?.offset ?? 0) < end) return true;
    }
    return false;
  }

  #partitions(): readonly TopicPartition[] {
    return this.#assignment?.partitions ?? [];
  }

  async #work(): Promise<void> {
    await this.#consumer.subscribe([this.#options.topic], {
      onAssigned: (assignment) => {
        this.#given = assignment;
      },
      onRevoked: () => {
        this.#given = undefined;
        this.#assignment = undefined;
        return Promise.resolve();
      },
    });
    while (!this.#stopping) {
      if (this.#given !== undefined && this.#assignment !== this.#given) await this.#assigned(this.#given);
      const batches = await this.#consumer.poll(LIMITS);
      await this.#take(batches);
      this.#wake();
    }
    await this.#consumer.close();
  }

  async #assigned(assignment: Assignment): Promise<void> {
    const committed = await this.#consumer.committed(assignment.partitions);
    if (this.#given !== assignment) return;
    for (const at of assignment.partitions) {
      const from = committed.get(partitionKey(at));
      this.#consumer.seek(at, from?.offset ?? 0);
      if (from !== undefined) this.#committed.set(partitionKey(at), from);
    }
    this.#assignment = assignment;
  }

  async #take(polled: readonly PolledBatch[]): Promise<void> {
    const batches = polled.filter(({ assignment }) => assignment === this.#assignment);
    if (this.#assignment === undefined || batches.length === 0) return;
    const offsets = new Map<string, CommittedOffset>();
    for (const batch of batches) {
      this.#options.each(batch);
      offsets.set(partitionKey(batch), { offset: batch.nextOffset, metadata: '' });
    }
    await this.#consumer.commit(offsets, this.#assignment.generation);
    for (const [at, offset] of offsets) this.#committed.set(at, offset);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
