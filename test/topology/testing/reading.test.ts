import { map } from 'rxjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import { DeadLetter } from '../../../topology/model/outcome.ts';
import { instant, minutes } from '../../../topology/model/time.ts';
import { topic } from '../../../topology/model/topic.ts';
import { type TopologyTestDriver, topologyTestDriver } from '../../../topology/testing/testing.ts';
import { lines, listing, lists, sums } from '../runtime/small-topologies.ts';

let driver: TopologyTestDriver;
afterEach(() => driver.close());

describe('reading in the test driver', () => {
  test('values, or the last of each key; each record once', async () => {
    driver = topologyTestDriver(listing(), { partitions: 2 });
    await driver.pipeAll(lines, [{ value: 'a:1 b:1 a:2' }]);
    await driver.run();
    expect(new Set(driver.readValues(sums))).toEqual(new Set(['1=a:1', '1=b:1', '2=a:1,a:2']));
    expect(driver.readToMap(sums)).toEqual(new Map());
    await driver.pipeAll(lines, [
      { key: 'b', value: 'b:2' },
      { key: 'b', value: 'b:3' },
    ]);
    await driver.run();
    expect(driver.readToMap(sums)).toEqual(new Map([['b', '3=b:1,b:2,b:3']]));
    expect(driver.readValues(sums)).toEqual([]);
  });

  test('the state of one key, of all keys, and of none', async () => {
    driver = topologyTestDriver(listing(), { partitions: 3, instances: 2 });
    expect(driver.state(lists)).toEqual(new Map());
    await driver.pipe(lines, { value: 'a:1 b:1 c:1 a:2' });
    expect(driver.state(lists, 'a')).toBeUndefined();
    await driver.run();
    expect(driver.state(lists)).toEqual(
      new Map([
        ['a', 'a:1,a:2'],
        ['b', 'b:1'],
        ['c', 'c:1'],
      ]),
    );
    expect(driver.state(lists, 'c')).toBe('c:1');
    expect(driver.state(lists, 'd')).toBeUndefined();
  });

  test('what was late, apart from what was refused for another reason', async () => {
    const refused = topic('refused', text);
    driver = topologyTestDriver(
      topology('refusing')
        .source('lines', [lines])
        .stage(
          'refuse',
          map(({ value }) => new DeadLetter(value ?? 'nothing', 'as it says') as DeadLetter | string),
        )
        .to('out', refused, { key: (value) => value }),
    );
    await driver.pipeAll(lines, [{ value: 'late' }, { value: 'bad-value' }, { value: 'late' }]);
    await driver.run();
    expect(driver.late().map(({ offset }) => offset)).toEqual([0, 2]);
    expect(driver.late()).toEqual([]);
    await driver.pipe(lines, { value: 'late' });
    await driver.run();
    expect(driver.deadLetters('bad-value').map(({ offset }) => offset)).toEqual([1]);
    expect(driver.deadLetters().map(({ reason, offset }) => [reason, offset])).toEqual([['late', 3]]);
  });

  test('the time of a record, and of what is made of it, is the clock of the driver unless one is given', async () => {
    driver = topologyTestDriver(listing(), { start: instant(5_000) });
    await driver.pipe(lines, { value: 'a:1' });
    await driver.pipe(lines, { value: 'a:2', timestamp: instant(17) });
    expect(driver.read(lines).map(({ timestamp }) => timestamp)).toEqual([5_000, 17]);
    await driver.tick(minutes(2));
    expect(driver.now).toBe(125_000);
    expect(driver.read(sums).map(({ timestamp }) => timestamp)).toEqual([125_000, 125_000]);
  });

  test('the topology as text', () => {
    driver = topologyTestDriver(listing());
    expect(driver.describe()).toMatch(/^Topologies:\n {3}Sub-topology: 0\n[^]*lists \(touchy, version 1\)/);
  });
});

describe('a run', () => {
  test('happens when it is awaited, and not before', async () => {
    driver = topologyTestDriver(listing());
    await driver.pipe(lines, { value: 'a:1' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(driver.read(sums)).toEqual([]);
    await driver.run();
    expect(driver.readValues(sums)).toEqual(['1=a:1']);
  });

  test('that nobody waits for is followed by the next', async () => {
    driver = topologyTestDriver(listing(), { partitions: 2, instances: 2 });
    await driver.pipe(lines, { value: 'a:1' });
    const first = driver.run();
    const second = driver.tick(minutes(1));
    await driver.close();
    await expect(Promise.all([first, second])).resolves.toHaveLength(2);
    expect(driver.readValues(sums)).toEqual(['1=a:1']);
  });

  test('needs no timer of the machine', async () => {
    vi.useFakeTimers();
    try {
      driver = topologyTestDriver(listing(), { partitions: 2, instances: 2 });
      driver.failNext('init-producer-id', 'unavailable');
      driver.failNext('init-producer-id', 'unavailable');
      driver.failNext('init-producer-id', 'unavailable');
      await driver.pipe(lines, { value: 'a:1' });
      await driver.run();
      expect(driver.readValues(sums)).toEqual(['1=a:1']);
      await driver.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test('does the same each time', async () => {
    const once = async (): Promise<string> => {
      driver = topologyTestDriver(listing(), { partitions: 3, instances: 2, snapshots: true });
      await driver.pipeAll(
        lines,
        Array.from({ length: 30 }, (_, i) => ({ value: `${'abcde'[i % 5]}:${i}` })),
      );
      driver.rebalance();
      driver.failNext('commit', 'lost-answer');
      await driver.run();
      driver.crash(0);
      await driver.run();
      return JSON.stringify([driver.read(sums), driver.restored(), driver.aborted()]);
    };
    const first = await once();
    await driver.close();
    expect(await once()).toBe(first);
  });
});
