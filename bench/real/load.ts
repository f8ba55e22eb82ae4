import { syntheticStream } from '../../app/ward/stream.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';

/** Records of a send: some five hundred for each of twelve partitions. */
const SEND = 6_000;
const SUBJECT = Buffer.from('"reference":"Patient/');
const QUOTE = 0x22;

export interface LoadOptions {
  readonly records: number;
  readonly patients: number;
  /** Between two values of a patient, in minutes. */
  readonly interval: number;
  /** One record in so many is JSON that is cut off; 0: none. */
  readonly brokenEvery?: number;
}

/** Observations of 1.3 KB under the key of their patient, as a hospital's feed would send them. */
export function* observations(options: LoadOptions): Generator<OutgoingRecord, void, undefined> {
  const { records, patients, interval, brokenEvery = 0 } = options;
  const hours = Math.ceil(records / patients + 1) * (interval / 60);
  let made = 0;
  for (const value of syntheticStream({ seed: 7, patients, intervalMinutes: interval, hours })) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
    const from = bytes.indexOf(SUBJECT) + SUBJECT.length;
    const key = bytes.subarray(from, bytes.indexOf(QUOTE, from));
    made++;
    const broken = brokenEvery > 0 && made % brokenEvery === 0;
    yield { key, value: broken ? bytes.subarray(0, bytes.length - 7) : bytes, timestamp: Date.now() };
    if (made === records) return;
  }
}

/** Writes all of them to the vital signs' topic, compressed with lz4. */
export async function fill(driver: KafkaDriver, options: LoadOptions): Promise<void> {
  const producer = driver.producer();
  let batch: OutgoingRecord[] = [];
  for (const record of observations(options)) {
    batch.push(record);
    if (batch.length < SEND) continue;
    await producer.send(TOPIC.vitals, batch);
    batch = [];
  }
  if (batch.length > 0) await producer.send(TOPIC.vitals, batch);
  await producer.close();
}
