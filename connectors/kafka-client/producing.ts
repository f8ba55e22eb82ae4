import { type ErrorCode, isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { type Appended, partitionKey, type TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { again, PASSING } from './again.ts';
import { byPartition, Partitioner } from './partitioner.ts';

/** Sequences are numbers of 31 bits and begin anew behind the last. */
const SEQUENCES = 0x7fffffff;
/** Below the broker's default of `max.message.bytes`, 1,048,588. */
const BATCH_BYTES = 900_000;
/**
 * Outside a transaction nobody else can tell what became of a batch. Under its number it can be sent again whatever became of it, for as
 * long as a cluster takes to find out that a broker hangs, 9 s by default, and to put another in its place. Milliseconds.
 */
const NUMBERED: readonly ErrorCode[] = [...PASSING, 'request-timed-out'];
const UNTIL_LED = 15_000;
/** The most that stands beside key, value and headers of a record. */
const RECORD_HEAD = 30;

/** Who writes: an identity of the broker's; -1 without one. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly epoch: number;
}

/** Records of one partition that are one batch; `sequence` is the number of the first of them, -1 for a producer without identity. */
export interface NumberedBatch extends Batch {
  readonly sequence: number;
}

interface Batch extends TopicPartition {
  readonly records: readonly OutgoingRecord[];
}

/** Where a batch stands. */
export type Written = Pick<Appended, 'offset' | 'appendTime'>;

/** Writes batches to the leader of their partitions, with one request. Gives where each stands, by `topic/partition`. */
export type WriteTo = (
  node: number,
  batches: readonly NumberedBatch[],
  identity: ProducerIdentity,
) => Promise<ReadonlyMap<string, Written>>;

/** Records by topic and partition. */
export type Partitioned = ReadonlyMap<string, ReadonlyMap<number, readonly OutgoingRecord[]>>;

/** Who leads what. */
interface Leaders {
  topic(name: string): Promise<{ readonly leaders: readonly number[] }>;
  keyedPartitions(name: string): Promise<number>;
  told<R>(work: () => Promise<R>): Promise<R>;
}

/** Sends batches of one producer identity to the leaders of their partitions, numbered per partition. */
export class Producing {
  readonly #leaders: Leaders;
  readonly #clock: Clock;
  readonly #transactional: boolean;
  readonly #counts = new Map<string, number>();
  readonly #partitioner = new Partitioner((topic) => this.#counts.get(topic));
  readonly #sequences = new Map<string, number>();
  #identity: ProducerIdentity = { producerId: -1n, epoch: -1 };

  constructor(leaders: Leaders, clock: Clock, transactional: boolean) {
    this.#leaders = leaders;
    this.#clock = clock;
    this.#transactional = transactional;
  }

  /** From here on the batches bear this identity, and their numbers begin at zero. */
  identify(producerId: bigint, epoch: number): void {
    if (producerId === this.#identity.producerId && epoch === this.#identity.epoch) return;
    this.#identity = { producerId, epoch };
    this.#sequences.clear();
  }

  async byPartition(records: ReadonlyMap<string, readonly OutgoingRecord[]>): Promise<Partitioned> {
    const partitioned = new Map<string, ReadonlyMap<number, readonly OutgoingRecord[]>>();
    for (const [topic, of] of records) {
      this.#counts.set(topic, await this.#leaders.keyedPartitions(topic));
      partitioned.set(topic, byPartition(topic, of, this.#partitioner));
    }
    return partitioned;
  }

  /**
   * Resolves when all are acknowledged by all replicas, with where they stand, by topic. A batch that is refused for a moment is sent again
   * under its number, so what is there already is not doubled. After any other error what was sent last may be there or not.
   */
  async send(records: Partitioned, writeTo: WriteTo): Promise<ReadonlyMap<string, readonly Appended[]>> {
    const appended = new Map<string, Appended[]>();
    const parts = [...records].flatMap(([topic, partitions]) =>
      [...partitions].map(([partition, of]) => ({ topic, partition, parts: inParts(of) })),
    );
    const rounds = Math.max(0, ...parts.map(({ parts: { length } }) => length));
    // A request takes one batch of a partition.
    for (let round = 0; round < rounds; round++) {
      const batches = parts.flatMap(({ topic, partition, parts: of }): Batch[] => {
        const part = of[round];
        return part === undefined ? [] : [{ topic, partition, records: part }];
      });
      const written = new Map<string, Written>();
      const sent = new Map<string, number>();
      const write = (): Promise<void> => this.#round(batches, writeTo, written, sent);
      await (this.#transactional
        ? again(this.#clock, PASSING, write)
        : again(this.#clock, NUMBERED, write, UNTIL_LED));
      for (const batch of batches) {
        const { topic, partition, records: of } = batch;
        const key = partitionKey(batch);
        this.#sequences.set(key, ((this.#sequences.get(key) ?? 0) + of.length) & SEQUENCES);
        const there = appended.get(topic) ?? [];
        appended.set(topic, there);
        const resent = (sent.get(key) ?? 0) > 1 ? ({ resent: true } as const) : {};
        there.push({ partition, records: of, ...(written.get(key) as Written), ...resent });
      }
    }
    return appended;
  }

  /** Sends what is not written yet; adds each batch that is acknowledged, and counts how often each was sent, by `topic/partition`. */
  async #round(
    batches: readonly Batch[],
    writeTo: WriteTo,
    written: Map<string, Written>,
    sent: Map<string, number>,
  ): Promise<void> {
    await this.#leaders.told(async () => {
      const byLeader = new Map<number, NumberedBatch[]>();
      for (const batch of batches) {
        const key = partitionKey(batch);
        if (written.has(key)) continue;
        sent.set(key, (sent.get(key) ?? 0) + 1);
        const { leaders } = await this.#leaders.topic(batch.topic);
        const node = leaders[batch.partition] ?? -1;
        const of = byLeader.get(node) ?? [];
        byLeader.set(node, of);
        of.push({ ...batch, sequence: this.#sequence(batch) });
      }
      const passing = await Promise.all(
        [...byLeader].map(async ([node, of]): Promise<StreamsError | undefined> => {
          try {
            for (const [key, one] of await writeTo(node, of, this.#identity)) written.set(key, one);
            return undefined;
          } catch (error) {
            // It is sent again when the other leaders have answered: they must not get theirs twice while they are slow.
            if (isStreamsError(error) && PASSING.includes(error.code)) return error;
            throw error;
          }
        }),
      );
      const error = passing.find((one) => one !== undefined);
      if (error !== undefined) throw error;
    });
    if (written.size < batches.length)
      throw new StreamsError('broker-refused', `${producingTo(batches)}: the answer leaves partitions out.`);
  }

  #sequence(at: TopicPartition): number {
    return this.#identity.producerId < 0n ? -1 : (this.#sequences.get(partitionKey(at)) ?? 0);
  }
}

/** Records for a topic. */
export type Send = readonly [topic: string, records: readonly OutgoingRecord[]];

/** Sends that go together are of different topics, so each can be told what became of it. */
export const sendFits = ([topic]: Send, waiting: readonly Send[]): boolean =>
  waiting.every(([other]) => other !== topic);

/** Of a time that a broker tells beside an offset: -1 where the records bear their own. */
export const written = (offset: bigint | string, appendTime: bigint | string): Written =>
  Number(appendTime) < 0
    ? { offset: Number(offset) }
    : { offset: Number(offset), appendTime: Number(appendTime) };

/** What it is that may fail. */
export const producingTo = (batches: readonly TopicPartition[]): string =>
  `Producing to ${[...new Set(batches.map(({ topic }) => topic))].join(', ')}`;

/** The records in parts that make batches of no more than a broker takes, however poorly they compress; a single one may be more. */
function inParts(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const parts: OutgoingRecord[][] = [];
  let part: OutgoingRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = RECORD_HEAD + sizeOf(record);
    if (part.length > 0 && bytes + size > BATCH_BYTES) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0);
  if (headers === undefined) return size;
  for (const [name, bytes] of Object.entries(headers)) size += 3 * name.length + bytes.length + 8;
  return size;
}
