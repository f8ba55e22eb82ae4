import { type ErrorCode, isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Appended } from '../../topology/ports/kafka-driver.ts';
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
export interface NumberedBatch {
  readonly partition: number;
  readonly records: readonly OutgoingRecord[];
  readonly sequence: number;
}

/** Writes batches to the leader of their partitions. Gives the offset of each, by partition. */
export type WriteTo = (
  node: number,
  topic: string,
  batches: readonly NumberedBatch[],
  identity: ProducerIdentity,
) => Promise<ReadonlyMap<number, number>>;

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

  async byPartition(
    topic: string,
    records: readonly OutgoingRecord[],
  ): Promise<ReadonlyMap<number, readonly OutgoingRecord[]>> {
    this.#counts.set(topic, await this.#leaders.keyedPartitions(topic));
    return byPartition(topic, records, this.#partitioner);
  }

  /**
   * Resolves when all are acknowledged by all replicas, with where they stand. A batch that is refused for a moment is sent again under
   * its number, so what is there already is not doubled. After any other error what was sent last may be there or not.
   */
  async send(
    topic: string,
    records: ReadonlyMap<number, readonly OutgoingRecord[]>,
    writeTo: WriteTo,
  ): Promise<readonly Appended[]> {
    const appended: Appended[] = [];
    const parts = new Map([...records].map(([partition, of]) => [partition, inParts(of)]));
    const rounds = Math.max(0, ...[...parts.values()].map(({ length }) => length));
    // A request takes one batch of a partition.
    for (let round = 0; round < rounds; round++) {
      const batches = new Map<number, readonly OutgoingRecord[]>();
      for (const [partition, of] of parts) {
        const part = of[round];
        if (part !== undefined) batches.set(partition, part);
      }
      const offsets = new Map<number, number>();
      const write = (): Promise<void> => this.#round(topic, batches, writeTo, offsets);
      await (this.#transactional
        ? again(this.#clock, PASSING, write)
        : again(this.#clock, NUMBERED, write, UNTIL_LED));
      for (const [partition, of] of batches) {
        const key = `${topic}/${partition}`;
        this.#sequences.set(key, ((this.#sequences.get(key) ?? 0) + of.length) & SEQUENCES);
        appended.push({ partition, offset: offsets.get(partition) as number, records: of });
      }
    }
    return appended;
  }

  /** Sends what has no offset yet, and adds the offset of each batch that is acknowledged, by partition. */
  async #round(
    topic: string,
    batches: ReadonlyMap<number, readonly OutgoingRecord[]>,
    writeTo: WriteTo,
    offsets: Map<number, number>,
  ): Promise<void> {
    await this.#leaders.told(async () => {
      const { leaders } = await this.#leaders.topic(topic);
      const byLeader = new Map<number, NumberedBatch[]>();
      for (const [partition, records] of batches) {
        if (offsets.has(partition)) continue;
        const node = leaders[partition] ?? -1;
        const of = byLeader.get(node) ?? [];
        byLeader.set(node, of);
        of.push({ partition, records, sequence: this.#sequence(topic, partition) });
      }
      const passing = await Promise.all(
        [...byLeader].map(async ([node, partitions]): Promise<StreamsError | undefined> => {
          try {
            for (const [partition, offset] of await writeTo(node, topic, partitions, this.#identity))
              offsets.set(partition, offset);
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
    if (offsets.size < batches.size)
      throw new StreamsError('broker-refused', `Producing to ${topic}: the answer leaves partitions out.`);
  }

  #sequence(topic: string, partition: number): number {
    return this.#identity.producerId < 0n ? -1 : (this.#sequences.get(`${topic}/${partition}`) ?? 0);
  }
}

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
  for (const [name, bytes] of Object.entries(headers ?? {})) size += 3 * name.length + bytes.length + 8;
  return size;
}
