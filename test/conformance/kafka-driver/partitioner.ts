import { expect } from 'vitest';
import { text } from '../../../topology/model/codec.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { type Law, law } from './law.ts';
import { at, decided, numbered, producerOf, readNow, textOf, WRITTEN_AT } from './records.ts';
import type { KafkaUnderTest } from './under-test.ts';

/** `UtilsTest.testMurmur2` of Apache Kafka: the Java client's hash of keys, most of them negative. */
const JAVA: readonly (readonly [key: string, hash: number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

/** Not a divisor of 2^31, so that a hash that is made positive in another way lands elsewhere. */
const PARTITIONS = 7;

const unplaced = (key: string | null, value: string): OutgoingRecord => ({
  key: key === null ? null : text.encode(key),
  value: text.encode(value),
  timestamp: WRITTEN_AT,
});

/** Where the values landed. */
async function placesOf(under: KafkaUnderTest, topic: string): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (const one of await readNow(under.driver(), at(topic, partition))) places.set(textOf(one), partition);
  }
  return places;
}

const expected = new Map(JAVA.map(([key, hash]) => [key, (hash & 0x7fffffff) % PARTITIONS]));

/** Which partition a record goes to. */
export const partitioner: readonly Law[] = [
  law('a key goes where the Java client sends it', [], async (under) => {
    const topic = await under.topic(PARTITIONS);
    const keyed = JAVA.map(([key]) => unplaced(key, key));
    await under.driver().producer().send(topic, keyed);
    expect(await placesOf(under, topic)).toEqual(expected);
  }),

  law('a key goes to the same partition in a transaction', ['transactions'], async (under) => {
    const topic = await under.topic(PARTITIONS);
    const port = await producerOf(under.driver(), under.fresh('id'));
    port.begin();
    await port.send(
      topic,
      JAVA.map(([key]) => unplaced(key, key)),
    );
    await port.commit();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const keys = JAVA.map(([key]) => key).filter((key) => expected.get(key) === partition);
      expect(await decided(under, at(topic, partition))).toEqual(keys);
    }
  }),

  law('a partition that is named wins over the key', [], async (under) => {
    const topic = await under.topic(PARTITIONS);
    const placed = JAVA.map(([key]) => ({ ...unplaced(key, key), partition: 5 }));
    await under.driver().producer().send(topic, placed);
    expect(new Set((await placesOf(under, topic)).values())).toEqual(new Set([5]));
  }),

  law('records of one key keep their order, whatever goes between them', [], async (under) => {
    const topic = await under.topic(PARTITIONS);
    const producer = under.driver().producer();
    for (let i = 0; i < 5; i++) {
      await producer.send(topic, [
        unplaced('21', `a${2 * i}`),
        unplaced('abc', `b${i}`),
        unplaced('21', `a${2 * i + 1}`),
      ]);
    }
    const home = expected.get('21') ?? -1;
    const there = (await readNow(under.driver(), at(topic, home))).map(textOf);
    expect(there.filter((value) => value.startsWith('a'))).toEqual(numbered('a', 10));
  }),

  law('records without a key spread over all partitions', [], async (under) => {
    const topic = await under.topic(PARTITIONS);
    const producer = under.driver().producer();
    // Some partitioners keep one batch together: so there are many.
    for (const value of numbered('v', 100)) await producer.send(topic, [unplaced(null, value)]);
    const places = await placesOf(under, topic);
    expect(places.size).toBe(100);
    expect(new Set(places.values()).size).toBe(PARTITIONS);
  }),
];
