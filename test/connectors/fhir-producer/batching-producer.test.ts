import { describe, expect, test } from 'vitest';
import { type Batching, BatchingProducer } from '../../../connectors/fhir-producer/batching-producer.ts';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { milliseconds, minutes } from '../../../topology/model/time.ts';
import type { ProducerPort } from '../../../topology/ports/kafka-driver.ts';
import { readNow, textOf } from '../../conformance/kafka-driver/records.ts';

const record = (value: string): OutgoingRecord => ({
  key: null,
  value: Buffer.from(value),
  timestamp: 1,
  partition: 0,
});

const BATCHING: Batching = {
  linger: milliseconds(1),
  batchRecords: 100,
  batchBytes: 1_000_000,
  maxPending: 1_000,
};

/** A producer on the in-memory Kafka whose sends wait for `gate` and can fail. */
function rig(own: Partial<Batching> = {}) {
  const broker = new MemoryBroker();
  broker.createTopics([
    { name: 'a', partitions: 1 },
    { name: 'b', partitions: 1 },
  ]);
  const driver = new MemoryDriver(broker);
  const inner = driver.producer();
  const state = { sizes: [] as number[], fail: false, gate: Promise.resolve(), closed: 0 };
  const producer: ProducerPort = {
    send: async (topic, records) => {
      state.sizes.push(records.length);
      await state.gate;
      if (state.fail) throw new StreamsError('broker-unavailable', 'Nobody is there.');
      return inner.send(topic, records);
    },
    close: () => {
      state.closed++;
      return inner.close();
    },
  };
  return { driver, state, batching: new BatchingProducer(producer, systemClock, { ...BATCHING, ...own }) };
}

describe('records that are given one by one', () => {
  test('are acknowledged where they stand, in the order in which they were given', async () => {
    const { batching, driver, state } = rig();
    const given = Array.from({ length: 250 }, (_, i) => `v${i}`);
    const places = await Promise.all(given.map((value) => batching.send('a', record(value))));
    expect(places.map(({ topic, partition, offset }) => `${topic}/${partition}/${offset}`)).toEqual(
      given.map((_, i) => `a/0/${i}`),
    );
    expect((await readNow(driver, { topic: 'a', partition: 0 })).map(textOf)).toEqual(given);
    expect(state.sizes).toEqual([100, 100, 50]);
  });

  test('a full batch does not linger, nor does one that is flushed', async () => {
    const { batching } = rig({ linger: minutes(60), batchRecords: 3 });
    await Promise.all(['1', '2', '3'].map((value) => batching.send('a', record(value))));
    const single = batching.send('b', record('4'));
    await batching.flush();
    expect((await single).topic).toBe('b');
    // The linger is there again.
    const waits = batching.send('b', record('5'));
    expect(
      await Promise.race([waits, new Promise((resolve) => setTimeout(() => resolve('waits'), 20))]),
    ).toBe('waits');
    await batching.close();
    expect((await waits).offset).toBe(1);
  });

  test('are split by bytes too', async () => {
    const { batching, state } = rig({ batchBytes: 1_000 });
    const large = 'x'.repeat(700);
    await Promise.all([1, 2, 3].map(() => batching.send('a', record(large))));
    expect(state.sizes).toEqual([1, 1, 1]);
  });

  test('what is not acknowledged is bounded, and there is room again behind it', async () => {
    const { batching, state } = rig({ maxPending: 2 });
    const { promise, resolve } = Promise.withResolvers<void>();
    state.gate = promise;
    const first = [batching.send('a', record('1')), batching.send('a', record('2'))];
    await expect(batching.send('a', record('3'))).rejects.toMatchObject({ code: 'publisher-full' });
    const room = batching.ready();
    resolve();
    await room;
    await Promise.all(first);
    expect(batching.pending).toBe(0);
    expect((await batching.send('a', record('3'))).offset).toBe(2);
  });

  test('a failure is told to those whom it concerns, and the next ones go on', async () => {
    const { batching, state } = rig();
    state.fail = true;
    const lost = ['1', '2'].map((value) => batching.send('a', record(value)));
    for (const one of lost) await expect(one).rejects.toMatchObject({ code: 'broker-unavailable' });
    state.fail = false;
    expect((await batching.send('a', record('3'))).offset).toBe(0);
    expect(batching.pending).toBe(0);
  });

  test('closing sends what waits, closes the producer, and takes no more', async () => {
    const { batching, state } = rig({ linger: minutes(60) });
    const last = batching.send('a', record('1'));
    await batching.close();
    expect([(await last).offset, state.closed]).toEqual([0, 1]);
    await expect(batching.send('a', record('2'))).rejects.toMatchObject({ code: 'publisher-closed' });
  });
});
