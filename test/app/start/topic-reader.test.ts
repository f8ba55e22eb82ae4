import { describe, expect, test } from 'vitest';
import { TopicReader } from '../../../app/start/topic-reader.ts';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import type { CommittedOffset } from '../../../topology/ports/kafka-driver.ts';

const TOPIC = 'alerts';
const GROUP = 'pages';

function world(): {
  broker: MemoryBroker;
  write: (n: number) => void;
  reader: (each?: (n: number) => void) => TopicReader;
} {
  const broker = new MemoryBroker();
  broker.createTopics([{ name: TOPIC, partitions: 3 }]);
  const write = (n: number): void =>
    broker.append(TOPIC, [{ key: null, value: Uint8Array.of(n), timestamp: 0 }]);
  const reader = (each: (n: number) => void = () => {}): TopicReader => {
    const read = new TopicReader({
      driver: new MemoryDriver(broker),
      groupId: GROUP,
      topic: TOPIC,
      each: ({ records }) => {
        for (const { value } of records) each(value?.[0] ?? -1);
      },
    });
    read.start();
    return read;
  };
  return { broker, write, reader };
}

const committedOf = (broker: MemoryBroker): ReadonlyMap<string, CommittedOffset> =>
  broker.committedOf(
    GROUP,
    [0, 1, 2].map((partition) => ({ topic: TOPIC, partition })),
  );

describe('the reader of a topic', () => {
  test('hands every record over once and commits it', async () => {
    const { broker, write, reader } = world();
    const got: number[] = [];
    const reading = reader((n) => got.push(n));
    for (let n = 0; n < 10; n++) write(n);
    await reading.settled();
    expect(got.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const committed = [...committedOf(broker).values()].reduce((sum, { offset }) => sum + offset, 0);
    expect(committed).toBe(10);
    await reading.stop();
  });

  test('goes on where its group stopped', async () => {
    const { write, reader } = world();
    const first = reader();
    write(1);
    await first.settled();
    await first.stop();
    write(2);
    const got: number[] = [];
    const second = reader((n) => got.push(n));
    await second.settled();
    expect(got).toEqual([2]);
    await second.stop();
  });

  test('lets go of what it committed, and of nothing else', async () => {
    const { broker, write, reader } = world();
    const reading = reader();
    for (let n = 0; n < 6; n++) write(n);
    await reading.settled();
    await reading.stop();
    write(6);
    await reading.truncate();
    const kept = [0, 1, 2].flatMap((partition) => {
      const log = broker.log({ topic: TOPIC, partition });
      return log.read(log.start, 100, 1_000, { committed: true }).records.map(({ value }) => value?.[0]);
    });
    expect(kept).toEqual([6]);
  });

  test('what cannot be handled is not committed, and ends the reading with its error', async () => {
    const { broker, write, reader } = world();
    const reading = reader(() => {
      throw new Error('no pager');
    });
    write(1);
    await expect(reading.settled()).rejects.toThrow('no pager');
    await expect(reading.stop()).rejects.toThrow('no pager');
    expect(committedOf(broker).size).toBe(0);
  });
});
