import { describe, expect, test } from 'vitest';
import { type Published, publishRecording } from '../../../connectors/fhir-producer/publish-recording.ts';
import type { FeedRecord } from '../../../connectors/files/feed-record.ts';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { headerText, type KafkaRecord } from '../../../topology/model/record.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { readNow } from '../../conformance/kafka-driver/records.ts';

const NOW = 1_767_589_200_000;
const PARTITIONS = 3;

const recorded = (n: number, more: Partial<FeedRecord> = {}): FeedRecord => ({
  file: 'ward.ndjson',
  topic: TOPIC.vitals,
  partition: 0,
  offset: n,
  arrival: 1_000 + n,
  key: Buffer.from(`Patient/p${n % 5}`),
  value: Buffer.from(`{"n":${n}}`),
  target: [TOPIC.vitals, TOPIC.labs][n % 2] ?? TOPIC.vitals,
  ...more,
});

const batches = (count: number, size: number): FeedRecord[][] =>
  Array.from({ length: count }, (_, b) => Array.from({ length: size }, (_, i) => recorded(b * size + i)));

class Counted extends MemoryDriver {
  sends = 0;
  closed = 0;
  override producer(): ReturnType<KafkaDriver['producer']> {
    const inner = super.producer();
    return {
      send: (topic, records) => {
        this.sends++;
        return inner.send(topic, records);
      },
      close: () => {
        this.closed++;
        return inner.close();
      },
    };
  }
}

function cluster(): Counted {
  const broker = new MemoryBroker();
  broker.createTopics([TOPIC.vitals, TOPIC.labs].map((name) => ({ name, partitions: PARTITIONS })));
  return new Counted(broker);
}

const at = ({ topic, partition, offset }: Published): string => `${topic}/${partition}/${offset}`;

async function published(
  driver: KafkaDriver,
  of: readonly (readonly FeedRecord[])[],
  more: { keyOf?: (record: FeedRecord) => Uint8Array | null } = {},
): Promise<Published[]> {
  const all: Published[] = [];
  const options = { driver, clock: new ManualClock(NOW), ...more };
  for await (const batch of publishRecording(of, options)) all.push(...batch);
  return all;
}

async function held(driver: KafkaDriver): Promise<Map<string, KafkaRecord>> {
  const there = new Map<string, KafkaRecord>();
  for (const topic of [TOPIC.vitals, TOPIC.labs])
    for (let partition = 0; partition < PARTITIONS; partition++)
      for (const record of await readNow(driver, { topic, partition }))
        there.set(`${topic}/${partition}/${record.offset}`, record);
  return there;
}

describe('a recording that is published', () => {
  test('each record stands where it is said to, in the topic it is routed to, byte for byte', async () => {
    const driver = cluster();
    const recording = batches(4, 50);
    const places = await published(driver, recording);
    const there = await held(driver);
    expect(new Set(places.map(({ record }) => record))).toEqual(new Set(recording.flat()));
    expect(there.size).toBe(200);
    for (const place of places) {
      const one = there.get(at(place));
      expect(place.topic).toBe(place.record.target);
      expect([one?.key, one?.value]).toEqual([place.record.key, place.record.value]);
      expect(headerText(one?.headers, 'sepsis-arrival')).toBe(String(place.record.arrival));
      expect(one?.timestamp).toBe(NOW);
    }
  });

  test('a partition has the order of the recording', async () => {
    const places = await published(cluster(), batches(4, 50));
    for (const [, of] of Map.groupBy(places, ({ topic, partition }) => `${topic}/${partition}`)) {
      const inOrder = of.toSorted((a, b) => a.offset - b.offset).map(({ record }) => record.offset);
      expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
    }
  });

  test('other keys, and none, go where they are asked to', async () => {
    const driver = cluster();
    const keyOf = ({ offset }: FeedRecord): Uint8Array | null =>
      offset % 4 === 0 ? null : Buffer.from(String(offset % 11));
    const places = await published(driver, batches(2, 50), { keyOf });
    const there = await held(driver);
    for (const place of places) expect(there.get(at(place))?.key).toEqual(keyOf(place.record));
    // The records of one patient are everywhere.
    const ofOne = places.filter(({ record }) => record.key?.toString() === 'Patient/p0');
    expect(new Set(ofOne.map(({ partition }) => partition)).size).toBe(PARTITIONS);
  });

  test('what is not known is not written: no arrival, no key, no value', async () => {
    const driver = cluster();
    const [place] = await published(driver, [[recorded(0, { arrival: undefined, key: null, value: null })]]);
    const one = (await held(driver)).get(place === undefined ? '' : at(place));
    expect([one?.key, one?.value, one?.headers]).toEqual([null, null, undefined]);
  });

  test('no record waits for the answer to another one: a send for each topic of a batch', async () => {
    const driver = cluster();
    await published(driver, batches(3, 1_000));
    expect(driver.sends).toBe(6);
  });

  test('whoever stops early, or is refused, leaves no producer open', async () => {
    const driver = cluster();
    for await (const batch of publishRecording(batches(3, 10), { driver, clock: new ManualClock(NOW) })) {
      expect(batch).toHaveLength(10);
      break;
    }
    expect(driver.closed).toBe(1);
    const nowhere = published(driver, [[recorded(0, { target: 'nowhere' })]]);
    await expect(nowhere).rejects.toMatchObject({ code: 'configuration' });
    expect(driver.closed).toBe(2);
  });
});
