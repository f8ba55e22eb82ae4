import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../topology/model/codec.ts';
import type {
  SnapshotChange,
  SnapshotHeader,
  SnapshotKey,
  SnapshotStore,
} from '../../topology/ports/snapshot-store.ts';

/** How a suite gets at an implementation. */
export interface SnapshotStoreUnderTest {
  readonly store: SnapshotStore;
  readonly close: () => Promise<void>;
}

/** Every law of the snapshot-store port. Keys are fresh for each test, so one store serves all. */
export function snapshotStoreConformance(name: string, open: () => Promise<SnapshotStoreUnderTest>): void {
  let under: SnapshotStoreUnderTest;
  let keys = 0;
  const freshKey = (): SnapshotKey => ({ application: 'conformance', task: `1_${keys++}` });

  describe(`${name} as a snapshot store`, () => {
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    test('what was never saved is not there', async () => {
      expect(await under.store.load(freshKey())).toBeUndefined();
    });

    test('changes add to the snapshot of their base, null takes a key away, without a base they are the whole', async () => {
      const [{ store }, key] = [under, freshKey()];
      expect(await store.save(key, header(1), [set('a', '1'), set('b', '1')], undefined)).toBe(true);
      expect(await store.save(key, header(2), [set('b', '2'), ['store', 'a', null]], 1)).toBe(true);
      expect(await held(store, key)).toEqual([2, { b: '2' }]);
      expect(await store.save(key, header(3), [set('c', '3')], undefined)).toBe(true);
      expect(await held(store, key)).toEqual([3, { c: '3' }]);
    });

    test('the header comes back as it was given', async () => {
      const [{ store }, key] = [under, freshKey()];
      const given = { offset: 2 ** 40, topologyHash: 'topology', stateHash: 'ab-cd', epoch: 3 };
      await store.save(key, given, [], undefined);
      expect((await store.load(key))?.header).toEqual(given);
    });

    test('an older epoch or offset is refused and nothing of it is written', async () => {
      const [{ store }, key] = [under, freshKey()];
      await store.save(key, header(5, 2), [set('a', '1')], undefined);
      expect(await store.save(key, header(9, 1), [set('a', 'zombie')], undefined)).toBe(false);
      expect(await store.save(key, header(9, 1), [set('a', 'zombie')], 5)).toBe(false);
      expect(await store.save(key, header(4, 2), [set('a', 'stale')], undefined)).toBe(false);
      expect(await held(store, key)).toEqual([5, { a: '1' }]);
      expect(await store.save(key, header(5, 2), [set('a', 'again')], 5)).toBe(true);
    });

    test('changes to another base than what is held are refused: they would pass for the whole', async () => {
      const [{ store }, key] = [under, freshKey()];
      expect(await store.save(key, header(1), [set('a', '1')], 0)).toBe(false);
      await store.save(key, header(1), [set('a', '1')], undefined);
      expect(await store.save(key, header(3), [set('a', '3')], 2)).toBe(false);
      expect(await held(store, key)).toEqual([1, { a: '1' }]);
      await store.drop(key);
      expect(await store.save(key, header(2), [set('a', '2')], 1)).toBe(false);
      expect(await store.load(key)).toBeUndefined();
    });

    test('changes are read before save returns its promise: the engine hands out views', async () => {
      const [{ store }, key] = [under, freshKey()];
      const bytes = Buffer.from('before');
      const saved = store.save(key, header(1), [['store', 'a', bytes]], undefined);
      bytes.write('behind');
      await saved;
      expect(await held(store, key)).toEqual([1, { a: 'before' }]);
    });

    test('keys may be any text and states any bytes, of any length', async () => {
      const [{ store }, key] = [under, freshKey()];
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      const entries: SnapshotChange[] = [
        ['store', '', all],
        ['store', 'Patient/ü\u0000\n}{', new Uint8Array(0)],
        ['other', '', new Uint8Array(200_000).fill(7)],
      ];
      await store.save(key, header(1), entries, undefined);
      const listed = (all: Iterable<SnapshotChange>): string[] =>
        [...all].map((entry) => JSON.stringify([entry[0], entry[1], [...(entry[2] ?? [])]])).toSorted();
      expect(listed((await store.load(key))?.entries ?? [])).toEqual(listed(entries));
    });

    test('an epoch is above every one before it, for each task on its own', async () => {
      const [{ store }, key, other] = [under, freshKey(), freshKey()];
      const epochs = [await store.nextEpoch(key), await store.nextEpoch(key), await store.nextEpoch(other)];
      expect(epochs[1]).toBeGreaterThan(epochs[0] ?? 0);
      expect(epochs[2]).toBe(epochs[0]);
    });
  });
}

const header = (offset: number, epoch = 1): SnapshotHeader => ({
  offset,
  topologyHash: 't',
  stateHash: `s${offset}`,
  epoch,
});
const set = (key: string, state: string): SnapshotChange => ['store', key, text.encode(state)];
const held = async (store: SnapshotStore, key: SnapshotKey): Promise<unknown> => {
  const snapshot = await store.load(key);
  return [
    snapshot?.header.offset,
    Object.fromEntries([...(snapshot?.entries ?? [])].map(([, k, state]) => [k, text.decode(state)])),
  ];
};
