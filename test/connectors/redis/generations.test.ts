import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import type { Unreadable } from '../../../connectors/redis/generations.ts';
import type { RedisSnapshotStore } from '../../../connectors/redis/snapshot-store.ts';
import type { Slot, TaskKeys } from '../../../connectors/redis/task-keys.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import {
  accessOf,
  clientOf,
  freshPrefix,
  header,
  held,
  keysOf,
  many,
  put,
  storeOf,
  TASK,
} from './redis-world.ts';

describe('the two generations of the Redis store', () => {
  const redis = useServer(() => redisServer());

  /** Offset 2 is the newest and offset 1 the older one. */
  async function twoGenerations(): Promise<{
    store: RedisSnapshotStore;
    client: Redis;
    keys: TaskKeys;
    newest: Slot;
    older: Slot;
    told: Unreadable[];
  }> {
    const told: Unreadable[] = [];
    const prefix = freshPrefix();
    const store = storeOf({ ...accessOf(redis()), prefix, onUnreadable: (_, why) => told.push(why) });
    const [client, keys] = [clientOf(redis()), keysOf(prefix)];
    await store.save(TASK, header(1), [put('a', '1'), put('b', '1')], undefined);
    await store.save(TASK, header(2), [put('b', '2'), put('c', '2')], 1);
    const newest: Slot = (await client.hget(keys.meta, 'newest')) === '1' ? '1' : '0';
    return { store, client, keys, newest, older: newest === '1' ? '0' : '1', told };
  }

  const NEWER = { offset: 2, entries: { a: '1', b: '2', c: '2' } };
  const OLDER = { offset: 1, entries: { a: '1', b: '1' } };

  /** One bit of a field's value is another. */
  async function flip(client: Redis, key: string, field: string | Buffer, at: number): Promise<void> {
    const value = await client.hgetBuffer(key, field);
    if (value === null) throw new Error(`There is no field ${String(field)}.`);
    value[at] = (value[at] ?? 0) ^ 1;
    await client.hset(key, field, value);
  }

  test('the newest is given', async () => {
    const { store, told } = await twoGenerations();
    expect(await held(store)).toEqual(NEWER);
    expect(told).toEqual([]);
  });

  test.each([0, 1, 5])('a flipped bit in byte %i of an entry: the older one is given', async (at) => {
    const { store, client, keys, newest, told } = await twoGenerations();
    await flip(client, keys.entries[newest], 'store\0b', at);
    expect(await held(store)).toEqual(OLDER);
    expect(told).toEqual(['entry-corrupt']);
  });

  test('an entry under the name of another is seen', async () => {
    const { store, client, keys, newest, told } = await twoGenerations();
    const value = await client.hgetBuffer(keys.entries[newest], 'store\0a');
    await client.hset(keys.entries[newest], 'store\0b', value ?? '');
    expect(await held(store)).toEqual(OLDER);
    expect(told).toEqual(['entry-corrupt']);
  });

  test('a flipped bit in the header: the older one is given', async () => {
    const { store, client, keys, newest, told } = await twoGenerations();
    await flip(client, keys.meta, `${newest}:header`, 20);
    expect(await held(store)).toEqual(OLDER);
    expect(told).toEqual(['header-corrupt']);
  });

  test('the newest evicted: the older one is given, and the next save must be whole', async () => {
    const { store, client, keys, newest, told } = await twoGenerations();
    await client.unlink(keys.entries[newest]);
    expect(await held(store)).toEqual(OLDER);
    expect(told).toEqual(['entries-lost']);
    expect(await store.save(TASK, header(3), [put('d', '3')], 2)).toBe(false);
    expect(await store.save(TASK, header(3), [put('d', '3')], undefined)).toBe(true);
    expect(await held(store)).toEqual({ offset: 3, entries: { d: '3' } });
  });

  test('one entry lost: the older one is given', async () => {
    const { store, client, keys, newest, told } = await twoGenerations();
    await client.hdel(keys.entries[newest], 'store\0a');
    expect(await held(store)).toEqual(OLDER);
    expect(told).toEqual(['entries-lost']);
  });

  test.each(['older', 'behind'] as const)(
    '%s evicted: saves go on and both are whole again',
    async (which) => {
      const { store, client, keys, newest, older } = await twoGenerations();
      await client.unlink(which === 'older' ? keys.entries[older] : keys.behind);
      expect(await held(store)).toEqual(NEWER);
      expect(await store.save(TASK, header(3), [put('d', '3'), ['store', 'c', null]], 2)).toBe(true);
      expect(await held(store)).toEqual({ offset: 3, entries: { a: '1', b: '2', d: '3' } });
      await client.unlink(keys.entries[older]);
      expect(await held(store)).toEqual(NEWER);
      expect(newest).not.toBe(older);
    },
  );

  test('the meta evicted, or everything flushed: there is no snapshot, and a whole one can be saved', async () => {
    for (const lost of ['meta', 'all'] as const) {
      const { store, client, keys } = await twoGenerations();
      await client.unlink(...(lost === 'meta' ? [keys.meta] : keys.all));
      expect(await held(store)).toBeUndefined();
      expect(await store.save(TASK, header(3), [put('d', '3')], 2)).toBe(false);
      expect(await store.save(TASK, header(3), [put('d', '3')], undefined)).toBe(true);
      expect(await store.save(TASK, header(4), [put('e', '4')], 3)).toBe(true);
      expect(await held(store)).toEqual({ offset: 4, entries: { d: '3', e: '4' } });
    }
  });

  test.each(['newest', 'offset', 'count', 'epoch', 'behind'])(
    '%s damaged in the meta: a whole save mends it',
    async (what) => {
      const { store, client, keys, newest } = await twoGenerations();
      await client.hset(keys.meta, what === 'offset' || what === 'count' ? `${newest}:${what}` : what, 'x');
      const loaded = await held(store);
      expect([NEWER, OLDER]).toContainEqual(loaded);
      expect(await store.save(TASK, header(3), [put('d', '3')], undefined)).toBe(true);
      expect(await store.save(TASK, header(4), [put('e', '4')], 3)).toBe(true);
      expect(await held(store)).toEqual({ offset: 4, entries: { d: '3', e: '4' } });
    },
  );

  test('both corrupt: there is no snapshot, and both reasons are told', async () => {
    const { store, client, keys, newest, older, told } = await twoGenerations();
    await flip(client, keys.entries[newest], 'store\0a', 5);
    await client.unlink(keys.entries[older]);
    expect(await held(store)).toBeUndefined();
    expect(told).toEqual(['entry-corrupt', 'entries-lost']);
  });

  test('more entries than one call takes come back, with what was changed and taken away', async () => {
    const store = storeOf({ ...accessOf(redis()), prefix: freshPrefix() });
    await store.save(TASK, header(1), many(4_321, '1'), undefined);
    const changes = [...many(2_500, '2'), ['store', 'k4000', null] as const];
    expect(await store.save(TASK, header(2), changes, 1)).toBe(true);
    // As many to catch up with as the last save changed.
    expect(await store.save(TASK, header(3), [put('k0', '3')], 2)).toBe(true);
    const entries = (await held(store))?.entries ?? {};
    expect(Object.keys(entries)).toHaveLength(4_320);
    expect([entries['k0'], entries['k1'], entries['k2499'], entries['k2500']]).toEqual(['3', '2', '2', '1']);
    expect(entries['k4000']).toBeUndefined();
  });

  test('an entry larger than a call may be goes alone', async () => {
    const store = storeOf({ ...accessOf(redis()), prefix: freshPrefix() });
    const large = randomUUID().repeat(60_000);
    await store.save(TASK, header(1), [put('a', '1'), put('large', large), put('z', '1')], undefined);
    expect(await held(store)).toEqual({ offset: 1, entries: { a: '1', large, z: '1' } });
  });
});
