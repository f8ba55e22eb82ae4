import { afterEach, describe, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { lines, list, listing, type Parts } from './small-topologies.ts';

let engine: Engine;
afterEach(() => engine.stop());

/** A worker that did these lines one by one, and was killed. */
async function before(topology: Topology, options: EngineOptions): Promise<void> {
  engine = new Engine(topology, { partitions: 1, ...options });
  engine.start('a');
  for (const line of ['a:1 b:1', 'a:2', 'c:1']) {
    engine.produce(lines.name, [line]);
    await engine.drained();
  }
  engine.kill('a');
}

/** What another worker tells of the state that it takes over. */
async function after(topology: Topology, options: EngineOptions): Promise<string | undefined> {
  engine = new Engine(topology, { partitions: 1, ...options }, engine.broker);
  engine.start('b');
  await engine.drained();
  return engine.told.of('restored')[0];
}

describe('a replay that makes no outputs', () => {
  test('does not make what would be written: that nobody could write it now says nothing', async () => {
    await before(listing(), {});
    const otherwise = listing({ list: (state, record) => [list(state, record)[0], ['unwritable']] });
    expect(await after(otherwise, {})).toBe('restored 1_0 0+4');
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2', b: 'b:1', c: 'c:1' });
  });

  test.each([
    ['the log', 0, 1, '0+4'],
    ['a snapshot from before it', 1, 1, '4+2'],
    ['the log by another topology', 0, 2, '0+4'],
  ])('from %s: what could not be written has left no state', async (_, saved, version, restored) => {
    const half: Parts = {
      list: (state, record) => {
        const [next] = list(state, record);
        return [next, [record.value === 'a:2' ? 'unwritable' : record.value]];
      },
    };
    const snapshots = new MemorySnapshotStore();
    const save = snapshots.save.bind(snapshots);
    let saves = 0;
    snapshots.save = async (...all) => saves++ < saved && save(...all);
    const options = { snapshots, limits: { snapshotRecords: 2, pollRecords: 1 } };
    await before(listing(half), options);
    const another = listing(version === 1 ? half : { ...half, version });
    expect(await after(another, options)).toBe(`restored 1_0 ${restored}`);
    expect(engine.state('lists')).toEqual({ a: 'a:1', b: 'b:1', c: 'c:1' });
  });
});
