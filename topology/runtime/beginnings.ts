import { StreamsError } from '../model/errors.ts';
import {
  type CommittedOffset,
  type ConsumerPort,
  type KafkaDriver,
  partitionKey,
  type TopicPartition,
} from '../ports/kafka-driver.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { partitionsOfTopic } from './partitions-kept.ts';

/** What is done where the log no longer holds what is to be read: an error, or what is left is read. */
export type LostInput = 'refuse' | 'earliest';

/** Where the reading of a partition begins, in place of the committed offset `instead`, or of none. */
export interface Beginning {
  readonly offset: number;
  readonly instead: number | undefined;
}

export type Beginnings = ReadonlyMap<string, Beginning>;

type Committed = ReadonlyMap<string, CommittedOffset>;

export interface BeginningsSettings {
  readonly driver: KafkaDriver;
  readonly consumer: Pick<ConsumerPort, 'committed'>;
  readonly telemetry: Telemetry;
  readonly application: string;
  readonly lostInput: LostInput;
  /** Outputs and offsets are committed together. */
  readonly atomic: boolean;
  /** Topics that states are kept of. */
  readonly keyed: readonly string[];
  /** Partitions of everything that the group reads. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Where partitions begin whose committed offsets do not say it: of one that nothing was committed of, its first record,
 * the very first time and for a partition that was added. Everything else is an error: records that were deleted before
 * they were read, a log that ends before what was read of it, offsets that are gone while their outputs are there.
 * @throws StreamsError `input-lost`, `log-ends-early`, `offsets-missing`, each with all of the partitions.
 */
export async function beginnings(
  partitions: readonly TopicPartition[],
  committed: Committed,
  settings: BeginningsSettings,
): Promise<Beginnings> {
  const { driver, telemetry, lostInput, keyed } = settings;
  const found = new Map<string, Beginning>();
  const lost: string[] = [];
  const short: string[] = [];
  const fresh: (readonly [TopicPartition, number])[] = [];
  const judged = partitions.map(async (at) => {
    const key = partitionKey(at);
    const offset = committed.get(key)?.offset;
    const { start, end } = await driver.admin().offsets(at);
    const begin = (): void => void found.set(key, { offset: start, instead: offset });
    if (offset === undefined) fresh.push([at, start]);
    else if (offset < start) {
      if (lostInput === 'refuse') lost.push(`${key}, committed up to ${offset} and beginning at ${start}`);
      else begin();
    } else if (offset > end) {
      // A state that is of another log must not be gone on with.
      if (lostInput === 'refuse' || keyed.includes(at.topic))
        short.push(`${key}, committed up to ${offset} and ending at ${end}`);
      else begin();
    }
  });
  await Promise.all(judged);
  if (fresh.length > 0) {
    const first = await isFirstStart(settings);
    for (const [at, start] of fresh) {
      if (first || start === 0 || lostInput === 'earliest')
        found.set(partitionKey(at), { offset: start, instead: undefined });
      else lost.push(`${partitionKey(at)}, of which nothing was committed, and beginning at ${start}`);
    }
  }
  if (short.length > 0)
    throw new StreamsError('log-ends-early', `The log ends before what was read of it: ${short.join('; ')}.`);
  if (lost.length > 0)
    throw new StreamsError('input-lost', `Records were deleted before they were read: ${lost.join('; ')}.`);
  for (const at of partitions) {
    const begun = found.get(partitionKey(at));
    if (begun !== undefined) telemetry.began?.(at.topic, at.partition, begun.offset, begun.instead);
  }
  return found;
}

/**
 * Whether the group has never committed anything. @throws StreamsError `offsets-missing` when it has written something with
 * its offsets: then there were some.
 */
async function isFirstStart({
  driver,
  consumer,
  application,
  keyed,
  counts,
  lostInput,
  atomic,
}: BeginningsSettings): Promise<boolean> {
  // In this order: what another instance wrote meanwhile has its offsets committed too.
  const written = await firstWritten(driver, keyed, counts);
  const all = [...counts.keys()].flatMap((topic) => partitionsOfTopic(topic, counts));
  if ((await consumer.committed(all)).size > 0) return false;
  if (written !== undefined && atomic && lostInput === 'refuse')
    throw new StreamsError(
      'offsets-missing',
      `Group ${application} has committed nothing, but ${written} holds records that were written with its offsets.`,
    );
  return true;
}

/** A topic with a committed record in it. */
async function firstWritten(
  driver: KafkaDriver,
  topics: readonly string[],
  counts: ReadonlyMap<string, number>,
): Promise<string | undefined> {
  for (const topic of topics) {
    for (const at of partitionsOfTopic(topic, counts)) {
      const { start, end } = await driver.admin().offsets(at);
      if (start < end && (await holdsRecord(driver, at, start, end))) return topic;
    }
  }
  return undefined;
}

/** Aborted records and markers are none. */
async function holdsRecord(
  driver: KafkaDriver,
  at: TopicPartition,
  start: number,
  end: number,
): Promise<boolean> {
  const enough = new Error('One is enough.');
  try {
    await driver.read(at, start, end, ({ records }) => {
      if (records.length > 0) throw enough;
    });
    return false;
  } catch (error) {
    if (error === enough) return true;
    throw error;
  }
}
