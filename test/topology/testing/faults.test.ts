import { afterEach, describe, expect, test } from 'vitest';
import {
  type TestDriverOptions,
  type TestFault,
  type TopologyTestDriver,
  topologyTestDriver,
} from '../../../topology/testing/testing.ts';
import { lines, listing, lists, sums, words } from '../runtime/small-topologies.ts';

const WORDS = Array.from({ length: 12 }, (_, i) => ({
  key: 'abc'.charAt(i % 3),
  value: `${'abc'[i % 3]}:${i}`,
}));
/** Of the order-sensitive list of each key, every step once. */
const SUMS = ['a', 'b', 'c'].map((key, k) => {
  const all = [0, 3, 6, 9].map((i) => `${key}:${i + k}`);
  return [key, all.map((_, n) => `${n + 1}=${all.slice(0, n + 1).join(',')}`)];
});

let driver: TopologyTestDriver;
afterEach(() => driver.close());

const started = (options: TestDriverOptions = {}): TopologyTestDriver =>
  (driver = topologyTestDriver(listing(), { partitions: 3, instances: 2, ...options }));

/** What was written, by key, in order. */
function written(): readonly (readonly [key: string, values: readonly (string | null)[]])[] {
  const all = driver.read(sums);
  const keys = [...new Set(all.map(({ key }) => String(key)))].toSorted();
  return keys.map((key) => [key, all.filter((one) => one.key === key).map(({ value }) => value)]);
}

describe('faults in the test driver', () => {
  test('an aborted transaction is in the log, and never read; its records are processed again', async () => {
    started({ partitions: 1, instances: 1 });
    driver.abort();
    await driver.pipeAll(lines, WORDS);
    await driver.run();
    expect(driver.aborted()).toEqual(['broker-unavailable']);
    expect(written()).toEqual(SUMS);
    // Twelve words and the tick of the start stand before it, and the marker that says that they are void.
    expect(driver.read(words).map(({ offset }) => offset)[0]).toBe(14);
    expect(driver.aborted()).toEqual([]);
  });

  const faults: readonly TestFault[] = [
    'lost-request',
    'lost-answer',
    'unavailable',
    'crash-before',
    'crash-after',
  ];
  const requests = ['init-producer-id', 'produce', 'add-offsets', 'txn-offset-commit', 'commit'] as const;
  test.for(requests.flatMap((request) => faults.map((fault) => [fault, request] as const)))(
    'exactly once through %s of %s',
    async ([fault, request]) => {
      started();
      driver.failNext(request, fault);
      await driver.pipeAll(lines, WORDS);
      await driver.run();
      driver.restart();
      await driver.run();
      expect(written()).toEqual(SUMS);
      expect(driver.state(lists)).toEqual(
        new Map(['a', 'b', 'c'].map((key, k) => [key, [0, 3, 6, 9].map((i) => `${key}:${i + k}`).join(',')])),
      );
    },
  );

  test('a request that fails several times is tried again after longer and longer pauses, and no time passes', async () => {
    started();
    for (let i = 0; i < 8; i++) driver.failNext('init-producer-id', 'unavailable');
    await driver.pipeAll(lines, WORDS);
    await driver.run();
    expect(written()).toEqual(SUMS);
    expect(driver.now).toBe(0);
  });

  test('a crash of one instance hands its partitions to the others', async () => {
    started({ instances: 3 });
    await driver.pipeAll(lines, WORDS.slice(0, 6));
    await driver.run();
    driver.crash(1);
    await driver.pipeAll(lines, WORDS.slice(6));
    await driver.run();
    expect(written()).toEqual(SUMS);
    expect(new Set(driver.restored().map(({ instance }) => instance))).toEqual(new Set([0, 2]));
  });

  test('a crash in the middle of a commit, and all that run are gone: nothing is lost until they are back', async () => {
    started({ instances: 1 });
    driver.failNext('commit', 'crash-before');
    await driver.pipeAll(lines, WORDS);
    await driver.run();
    expect(written()).toEqual([]);
    expect(driver.state(lists)).toEqual(new Map());
    driver.restart();
    await driver.run();
    expect(written()).toEqual(SUMS);
  });

  test.for(['exactly-once', 'at-least-once'] as const)(
    '%s, a commit whose answer is lost stands, and nothing is processed again',
    async (guarantee) => {
      started({ guarantee, partitions: 1, instances: 1 });
      driver.failNext('commit', 'lost-answer');
      await driver.pipeAll(lines, WORDS);
      await driver.run();
      expect(driver.aborted()).toEqual(['commit-unknown']);
      expect(written()).toEqual(SUMS);
      // The tick of the start and twelve words, written once.
      expect(driver.read(words).map(({ offset }) => offset)).toEqual(Array.from({ length: 13 }, (_, i) => i));
    },
  );

  test('a fault befalls the very first request too: nothing has happened before the first run', async () => {
    started({ instances: 1 });
    await driver.pipeAll(lines, WORDS);
    driver.failNext('metadata', 'crash-before');
    await driver.run();
    expect(written()).toEqual([]);
    driver.restart();
    await driver.run();
    expect(written()).toEqual(SUMS);
  });

  test('at least once, a commit that fails doubles outputs and loses none', async () => {
    started({ guarantee: 'at-least-once', partitions: 1, instances: 1 });
    await driver.pipeAll(lines, WORDS);
    await driver.run();
    expect(written()).toEqual(SUMS);
    driver.failNext('commit', 'lost-request');
    await driver.pipe(lines, { value: 'd:1' });
    await driver.run();
    // The line was cut into words twice, and both stand.
    expect(driver.readValues(sums)).toEqual(['1=d:1', '2=d:1,d:1']);
    expect(driver.aborted()).toEqual(['commit-unknown']);
  });

  test('at least once knows no transaction to abort', () => {
    started({ guarantee: 'at-least-once' });
    expect(() => driver.abort()).toThrow(/no transactions/);
  });

  test('a fault that was asked for and never happened fails the test', async () => {
    const idle = topologyTestDriver(listing());
    idle.failNext('offset-commit', 'lost-answer');
    idle.failNext('snapshot-save', 'crash-after');
    await idle.run();
    await expect(idle.close()).rejects.toThrow(
      expect.objectContaining({
        code: 'fault-not-met',
        message: expect.stringContaining(
          'lost-answer of offset-commit, crash-after of snapshot-save',
        ) as string,
      }),
    );
    driver = topologyTestDriver(listing());
  });
});
