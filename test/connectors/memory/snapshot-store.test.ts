import { describe, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import { text } from '../../../topology/model/codec.ts';
import type { SnapshotChange, SnapshotHeader } from '../../../topology/ports/snapshot-store.ts';

const key = { application: 'app', task: '1_0' };
const header = (offset: number, epoch = 1): SnapshotHeader => ({
  offset,
  epoch,
  topologyHash: 't',
  stateHash: 's',
});
const set = (name: string, state: string): SnapshotChange => ['store', name, text.encode(state)];

const held = async (store: MemorySnapshotStore): Promise<unknown> => {
  const snapshot = await store.load(key);
  return [
    snapshot?.header.offset,
    Object.fromEntries([...(snapshot?.entries ?? [])].map(([, k, s]) => [k, text.decode(s)])),
  ];
};

describe('in-memory snapshot store', () => {
  test('changes add to a snapshot, null takes a key away, a whole one replaces it', async () => {
    const store = new MemorySnapshotStore();
    expect(await store.load(key)).toBeUndefined();
    await store.save(key, header(1), [set('a', '1'), set('b', '1')], true);
    await store.save(key, header(2), [set('b', '2'), ['store', 'a', null]], false);
    expect(await held(store)).toEqual([2, { b: '2' }]);
    await store.save(key, header(3), [set('c', '3')], true);
    expect(await held(store)).toEqual([3, { c: '3' }]);
  });

  test('an older epoch or offset is refused and nothing of it is written', async () => {
    const store = new MemorySnapshotStore();
    await store.save(key, header(5, 2), [set('a', '1')], true);
    expect(await store.save(key, header(9, 1), [set('a', 'zombie')], true)).toBe(false);
    expect(await store.save(key, header(4, 2), [set('a', 'stale')], true)).toBe(false);
    expect(await held(store)).toEqual([5, { a: '1' }]);
    expect(await store.save(key, header(5, 2), [set('a', 'again')], false)).toBe(true);
  });

  test('changes without anything to add to are refused: they would pass for the whole', async () => {
    const store = new MemorySnapshotStore();
    expect(await store.save(key, header(1), [set('a', '1')], false)).toBe(false);
    await store.save(key, header(1), [set('a', '1')], true);
    await store.drop(key);
    expect(await store.save(key, header(2), [set('a', '2')], false)).toBe(false);
    expect(await store.load(key)).toBeUndefined();
  });

  test('the bytes are copied: the engine hands out views', async () => {
    const store = new MemorySnapshotStore();
    const bytes = Buffer.from('before');
    await store.save(key, header(1), [['store', 'a', bytes]], true);
    bytes.write('behind');
    expect(await held(store)).toEqual([1, { a: 'before' }]);
  });

  test('an epoch is above every one before it, for each task on its own', async () => {
    const store = new MemorySnapshotStore();
    const other = { application: 'app', task: '1_1' };
    const epochs = [await store.nextEpoch(key), await store.nextEpoch(key), await store.nextEpoch(other)];
    expect(epochs[1]).toBeGreaterThan(epochs[0] ?? 0);
    expect(epochs[2]).toBe(epochs[0]);
  });
});
