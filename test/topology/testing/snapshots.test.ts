import { afterEach, describe, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import type { SnapshotStore } from '../../../topology/ports/snapshot-store.ts';
import { type TopologyTestDriver, topologyTestDriver } from '../../../topology/testing/testing.ts';
import { lines, listing, lists, sums } from '../runtime/small-topologies.ts';

const WORDS = Array.from({ length: 6 }, (_, i) => ({ value: `${'ab'[i % 2]}:${i}` }));

/** Besides the words the log holds the tick of the start. */
const REPLAYED = WORDS.length + 1;

let driver: TopologyTestDriver;
afterEach(() => driver.close());

async function crashedAndBack(): Promise<void> {
  await driver.pipeAll(lines, WORDS);
  await driver.run();
  driver.crash();
  driver.restart();
  await driver.run();
}

describe('a restart in the test driver', () => {
  test('rebuilds the state from the log when there are no snapshots', async () => {
    driver = topologyTestDriver(listing());
    await crashedAndBack();
    expect(driver.restored()).toEqual([{ task: '1_0', instance: 0, fromSnapshot: 0, fromLog: REPLAYED }]);
    expect(driver.restored()).toEqual([]);
    expect(driver.state(lists, 'a')).toBe('a:0,a:2,a:4');
  });

  test('begins from the snapshot when there is one', async () => {
    driver = topologyTestDriver(listing(), { snapshots: true });
    await crashedAndBack();
    // Two keys in each of two stores.
    expect(driver.restored()).toEqual([{ task: '1_0', instance: 0, fromSnapshot: 4, fromLog: 0 }]);
    expect(driver.state(lists)).toEqual(
      new Map([
        ['a', 'a:0,a:2,a:4'],
        ['b', 'b:1,b:3,b:5'],
      ]),
    );
  });

  test('replays what came after the snapshot', async () => {
    // Four records, and the control record of their transaction.
    driver = topologyTestDriver(listing(), { snapshots: true, limits: { snapshotRecords: 5 } });
    await driver.pipeAll(lines, WORDS.slice(0, 4));
    await driver.run();
    await driver.pipeAll(lines, WORDS.slice(4));
    await driver.run();
    driver.crash();
    driver.restart();
    await driver.run();
    expect(driver.restored()).toEqual([{ task: '1_0', instance: 0, fromSnapshot: 4, fromLog: 2 }]);
    expect(driver.state(lists, 'b')).toBe('b:1,b:3,b:5');
  });

  test.for(['lost-request', 'lost-answer', 'unavailable'] as const)(
    'does without a snapshot whose save went wrong: %s',
    async (fault) => {
      driver = topologyTestDriver(listing(), { snapshots: true });
      driver.failNext('snapshot-save', fault);
      await crashedAndBack();
      await driver.pipe(lines, { value: 'a:6' });
      await driver.run();
      expect(driver.state(lists, 'a')).toBe('a:0,a:2,a:4,a:6');
      expect(driver.readValues(sums).at(-1)).toBe('4=a:0,a:2,a:4,a:6');
    },
  );

  test('does without a snapshot store that is full', async () => {
    const full: SnapshotStore = Object.assign(new MemorySnapshotStore(), {
      save: () => Promise.reject(new RangeError('OOM command not allowed')),
    });
    driver = topologyTestDriver(listing(), { snapshots: full });
    await crashedAndBack();
    expect(driver.restored()).toEqual([{ task: '1_0', instance: 0, fromSnapshot: 0, fromLog: REPLAYED }]);
    expect(driver.read(sums)).toHaveLength(6);
  });
});
