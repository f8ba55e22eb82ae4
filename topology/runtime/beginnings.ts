import { StreamsError } from '../model/errors.ts';
import { type Duration, hours } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type CommittedOffset,
  type ConsumerPort,
  type KafkaDriver,
  partitionKey,
  type TopicPartition,
} from '../ports/kafka-driver.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { beganOf } from './commit-metadata.ts';
import { partitionsOfTopic } from './partitions-kept.ts';

/** What is done where the log no longer holds what is to be read: an error, or what is left is read. */
export type LostInput = 'refuse' | 'earliest';

/** Where the reading of a partition begins, in place of the committed offset `instead`, or of none. */
export interface Beginning {
  readonly offset: number;
  readonly instead: number | undefined;
}

export type Beginnings = ReadonlyMap<string, Beginning>;

/** Beginnings, and when the group began, epoch milliseconds; undefined when nobody noted it. */
export interface Begun {
  readonly beginnings: Beginnings;
  readonly began: number | undefined;
}

/**
 * So long a group is beginning: its instances come one after the other, and each commits its own partitions when it has them. No topic
 * keeps its records for less.
 */
const BEGINNING: Duration = hours(1);

type Committed = ReadonlyMap<string, CommittedOffset>;

export interface BeginningsSettings {
  readonly driver: KafkaDriver;
  readonly clock: Clock;
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
 * while the group begins and for a partition that was added. Everything else is an error: records that were deleted before
 * they were read, a log that ends before what was read of it, offsets that are gone while their outputs are there.
 * @throws StreamsError `input-lost`, `log-ends-early`, `offsets-missing`, each with all of the partitions.
 */
export async function beginnings(
  partitions: readonly TopicPartition[],
  committed: Committed,
  settings: BeginningsSettings,
): Promise<Begun> {
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
      // What was carried over is committed with the transaction that wrote it, and may be before anybody can read it.
      const written = (await driver.admin().ends([at])).get(key)?.written ?? end;
      if (offset <= written) return;
      // A state that is of another log must not be gone on with.
      if (lostInput === 'refuse' || keyed.includes(at.topic))
        short.push(`${key}, committed up to ${offset} and ending at ${written}`);
      else begin();
    }
  });
  await Promise.all(judged);
  let began = oldest(committed);
  if (fresh.length > 0) {
    began = await beganBefore(settings);
    const beginning = began !== undefined && settings.clock.now() - began < BEGINNING;
    for (const [at, start] of fresh) {
      if (beginning || start === 0 || lostInput === 'earliest')
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
  return { beginnings: found, began };
}

/**
 * When the group began: now, if it has never committed anything; undefined when nobody noted it. @throws StreamsError
 * `offsets-missing` when it has written something with its offsets: then there were some.
 */
async function beganBefore({
  driver,
  clock,
  consumer,
  application,
  keyed,
  counts,
  lostInput,
  atomic,
}: BeginningsSettings): Promise<number | undefined> {
  // In this order: what another instance wrote meanwhile has its offsets committed too.
  const written = await firstWritten(driver, keyed, counts);
  const all = [...counts.keys()].flatMap((topic) => partitionsOfTopic(topic, counts));
  const committed = await consumer.committed(all);
  if (committed.size > 0) return oldest(committed);
  if (written !== undefined && atomic && lostInput === 'refuse')
    throw new StreamsError(
      'offsets-missing',
      `Group ${application} has committed nothing, but ${written} holds records that were written with its offsets.`,
    );
  return clock.now();
}

/** The oldest beginning that is noted. */
function oldest(committed: Committed): number | undefined {
  let found: number | undefined;
  for (const { metadata } of committed.values()) {
    const began = beganOf(metadata);
    if (began !== undefined && (found === undefined || began < found)) found = began;
  }
  return found;
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
