import { text } from '../../../topology/model/codec.ts';
import type { KafkaRecord, OutgoingRecord } from '../../../topology/model/record.ts';
import { type Duration, minutes } from '../../../topology/model/time.ts';
import type {
  CommittedOffset,
  KafkaDriver,
  OffsetCommits,
  PollLimits,
  TopicPartition,
  TransactionPort,
} from '../../../topology/ports/kafka-driver.ts';
import { eventually } from './law.ts';
import type { KafkaUnderTest } from './under-test.ts';

/** Not long ago, so that no retention takes the records away. */
export const WRITTEN_AT: number = Date.now();

/** Many records in one fetch, and no wait for more. */
export const LIMITS: PollLimits = { maxRecords: 10_000, maxBytes: 10_000_000, waitMs: 0 };

/** A record of partition 0, without a key. */
export const record = (value: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  key: null,
  value: text.encode(value),
  timestamp: WRITTEN_AT,
  partition: 0,
  ...more,
});

export const records = (...values: readonly string[]): OutgoingRecord[] =>
  values.map((value) => record(value));

export const numbered = (what: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${what}${i}`);

export const textOf = ({ value }: Pick<KafkaRecord, 'value'>): string =>
  value === null ? 'null' : text.decode(value);

export const at = (topic: string, partition = 0): TopicPartition => ({ topic, partition });

export const offsetsOf = (topic: string, offset: number, partition = 0): OffsetCommits =>
  new Map<string, CommittedOffset>([[`${topic}/${partition}`, { offset, metadata: `at ${offset}` }]]);

/** Everything that can be read now, from the start of the log to its end. */
export async function readNow(driver: KafkaDriver, where: TopicPartition): Promise<KafkaRecord[]> {
  const { start, end } = await driver.admin().offsets(where);
  const read: KafkaRecord[] = [];
  await driver.read(where, start, end, (batch) => void read.push(...batch.records));
  return read;
}

export const textsNow = async (driver: KafkaDriver, where: TopicPartition): Promise<string[]> =>
  (await readNow(driver, where)).map(textOf);

/**
 * A record at the end of the log that is visible only when all before it is decided: an end of a transaction is
 * acknowledged before its markers are written.
 */
export async function sentinel(under: KafkaUnderTest, where: TopicPartition): Promise<number> {
  const driver = under.driver();
  const value = under.fresh('sentinel');
  await driver.producer().send(where.topic, [record(value, { partition: where.partition })]);
  return eventually(
    under,
    'the last record of the log, behind decided transactions',
    async () => (await readNow(driver, where)).find((one) => textOf(one) === value)?.offset,
  );
}

/** What a partition holds for its readers once every transaction in it is decided. */
export async function decided(under: KafkaUnderTest, where: TopicPartition): Promise<string[]> {
  const end = await sentinel(under, where);
  const read: KafkaRecord[] = [];
  const driver = under.driver();
  const { start } = await driver.admin().offsets(where);
  await driver.read(where, start, end, (batch) => void read.push(...batch.records));
  return read.map(textOf);
}

/** What a cluster says that is slow: coordinators are made with their first use, and what was left open is written out. */
const SLOW: ReadonlySet<unknown> = new Set(['broker-unavailable', 'concurrent-transactions']);

/** A transactional producer that has fenced those before it. */
export async function producerOf(
  driver: KafkaDriver,
  transactionalId: string,
  timeout: Duration = minutes(1),
): Promise<TransactionPort> {
  for (let tries = 0; ; tries++) {
    const port = driver.transactions({ transactionalId, timeout });
    const code = await codeOf(port.init());
    if (code === 'no error') return port;
    if (!SLOW.has(code) || tries === 20)
      throw code instanceof Error ? code : new Error(`No producer: ${String(code)}.`);
  }
}

/** One transaction with records of one topic. */
export async function write(
  port: TransactionPort,
  topic: string,
  values: readonly string[],
  end: 'commit' | 'abort',
): Promise<void> {
  port.begin();
  await port.send(topic, records(...values));
  await port[end]();
}

/** The code of the error, or what came instead of one. */
export const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'no error';
};
