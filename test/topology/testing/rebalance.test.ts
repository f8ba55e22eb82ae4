import { afterEach, describe, expect, test } from 'vitest';
import { type TopologyTestDriver, topologyTestDriver } from '../../../topology/testing/testing.ts';
import { lines, listing, sums } from '../runtime/small-topologies.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const WORDS = Array.from({ length: 24 }, (_, i) => ({
  key: String(KEYS[i % 6]),
  value: `${KEYS[i % 6]}:${i}`,
}));

let driver: TopologyTestDriver;
afterEach(() => driver.close());

/** The last list of each key. */
const LAST = new Map(
  KEYS.map((key, k) => [key, `4=${[0, 6, 12, 18].map((i) => `${key}:${i + k}`).join(',')}`]),
);

describe.each(['exactly-once', 'at-least-once'] as const)(
  'a rebalance in the test driver, %s',
  (guarantee) => {
    test('an instance that joins in the middle of a transaction takes over partitions with their state', async () => {
      driver = topologyTestDriver(listing(), { partitions: 4, guarantee });
      await driver.pipeAll(lines, WORDS.slice(0, 12));
      await driver.run();
      expect(driver.restored()).toEqual([]);

      await driver.pipeAll(lines, WORDS.slice(12));
      driver.rebalance();
      await driver.run();
      const restored = driver.restored();
      expect(new Set(restored.map(({ instance }) => instance))).toEqual(new Set([0, 1]));
      expect(driver.readToMap(sums)).toEqual(LAST);
      expect(driver.state({ name: 'lists', version: 1, state: lines.value }).size).toBe(6);
    });

    test('an instance that leaves hands its partitions over, and gets them back when it returns', async () => {
      driver = topologyTestDriver(listing(), { partitions: 4, instances: 2, guarantee });
      await driver.pipeAll(lines, WORDS.slice(0, 12));
      await driver.run();
      driver.restored();

      await driver.pipeAll(lines, WORDS.slice(12, 18));
      driver.rebalance('leave');
      await driver.run();
      expect(new Set(driver.restored().map(({ instance }) => instance))).toEqual(new Set([0]));

      driver.restart();
      await driver.pipeAll(lines, WORDS.slice(18));
      await driver.run();
      expect(driver.restored().map(({ instance }) => instance)).toContain(1);
      expect(driver.readToMap(sums)).toEqual(LAST);
    });
  },
);

describe('a rebalance', () => {
  test('exactly once, it neither loses nor doubles an output', async () => {
    driver = topologyTestDriver(listing(), { partitions: 4, instances: 2 });
    for (let i = 0; i < WORDS.length; i += 4) {
      await driver.pipeAll(lines, WORDS.slice(i, i + 4));
      driver.rebalance(i % 8 === 0 ? 'join' : 'leave');
      await driver.run();
      driver.restart();
    }
    const all = driver.read(sums);
    expect(all).toHaveLength(24);
    expect(new Map(all.map(({ key, value }) => [key, value]))).toEqual(LAST);
  });

  test('without input that waits it comes with the next run', async () => {
    driver = topologyTestDriver(listing(), { partitions: 2 });
    driver.rebalance('join');
    await driver.run();
    driver.rebalance('leave');
    driver.rebalance('join');
    await driver.pipeAll(lines, WORDS);
    await driver.run();
    expect(driver.readToMap(sums)).toEqual(LAST);
  });

  test('when the last instance leaves nothing is worked on until one is back', async () => {
    driver = topologyTestDriver(listing());
    driver.rebalance('leave');
    await driver.run();
    await driver.pipe(lines, { value: 'a:1' });
    await driver.run();
    expect(driver.read(sums)).toEqual([]);
    driver.restart();
    await driver.run();
    expect(driver.readValues(sums)).toEqual(['1=a:1']);
  });
});
