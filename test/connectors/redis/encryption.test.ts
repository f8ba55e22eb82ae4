import { describe, expect, test } from 'vitest';
import { type EncryptionKeys } from '../../../connectors/redis/encryption.ts';
import type { Unreadable } from '../../../connectors/redis/generations.ts';
import { RedisSnapshotStore } from '../../../connectors/redis/snapshot-store.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { accessOf, clientOf, freshPrefix, header, held, keysOf, put, storeOf, TASK } from './redis-world.ts';

const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const ring = (current: string, ...ids: number[]): EncryptionKeys => ({
  current,
  secrets: new Map(ids.map((id) => [`k${id}`, secret(id)])),
});

describe('encrypted snapshots in Redis', () => {
  const redis = useServer(() => redisServer());
  const storeWith = (prefix: string, encryption?: EncryptionKeys, told: Unreadable[] = []) =>
    storeOf({
      ...accessOf(redis()),
      prefix,
      onUnreadable: (_, why) => told.push(why),
      ...(encryption === undefined ? {} : { encryption }),
    });

  test('neither names nor states are in the clear', async () => {
    const prefix = freshPrefix();
    const store = storeWith(prefix, ring('k1', 1));
    await store.save(TASK, header(1), [put('Patient/planted', 'planted-state')], undefined);
    await store.save(TASK, header(2), [put('Patient/planted', 'planted-state')], 1);
    const client = clientOf(redis());
    const { meta, entries, behind } = keysOf(prefix);
    for (const key of [meta, entries[0], entries[1], behind]) {
      const all = Buffer.concat(
        Object.entries(await client.hgetallBuffer(key)).flatMap(([f, v]) => [Buffer.from(f), v]),
      );
      expect(all.length).toBeGreaterThan(0);
      expect(all.includes('planted')).toBe(false);
    }
    expect(await held(store)).toEqual({ offset: 2, entries: { 'Patient/planted': 'planted-state' } });
  });

  test('with a key that is not known, or another secret under its id, nothing is read', async () => {
    const prefix = freshPrefix();
    await storeWith(prefix, ring('k1', 1)).save(TASK, header(1), [put('a', '1')], undefined);
    const told: Unreadable[] = [];
    expect(await held(storeWith(prefix, ring('k2', 2), told))).toBeUndefined();
    const wrong = { current: 'k1', secrets: new Map([['k1', secret(9)]]) };
    expect(await held(storeWith(prefix, wrong, told))).toBeUndefined();
    expect(await held(storeWith(prefix, undefined, told))).toBeUndefined();
    expect(told).toEqual(['unknown-key', 'entry-corrupt', 'unknown-key']);
  });

  test('rotation: the old key reads, the next save is whole and with the new key, which then is enough', async () => {
    const prefix = freshPrefix();
    await storeWith(prefix, ring('k1', 1)).save(TASK, header(1), [put('a', '1')], undefined);
    const rotated = storeWith(prefix, ring('k2', 1, 2));
    expect(await held(rotated)).toEqual({ offset: 1, entries: { a: '1' } });
    // Names under the old key and under the new one would be two entries.
    expect(await rotated.save(TASK, header(2), [put('b', '2')], 1)).toBe(false);
    expect(await rotated.save(TASK, header(2), [put('a', '1'), put('b', '2')], undefined)).toBe(true);
    expect(await held(storeWith(prefix, ring('k2', 2)))).toEqual({ offset: 2, entries: { a: '1', b: '2' } });
  });

  test('what was in the clear is read when encryption is switched on', async () => {
    const prefix = freshPrefix();
    await storeWith(prefix).save(TASK, header(1), [put('a', '1')], undefined);
    expect(await held(storeWith(prefix, ring('k1', 1)))).toEqual({ offset: 1, entries: { a: '1' } });
  });

  test('a flipped bit anywhere in a sealed entry is seen, and so is an entry of another task', async () => {
    const prefix = freshPrefix();
    const [store, client, told] = [storeWith(prefix, ring('k1', 1)), clientOf(redis()), [] as Unreadable[]];
    await store.save(TASK, header(1), [put('a', 'state')], undefined);
    const other = { ...TASK, task: '1_1' };
    await store.save(other, header(1), [put('a', 'state')], undefined);
    const reading = storeWith(prefix, ring('k1', 1), told);
    const key = keysOf(prefix).entries[0];
    const [field] = await client.hkeysBuffer(key);
    const value = field === undefined ? null : await client.hgetBuffer(key, field);
    if (field === undefined || value === null) throw new Error('Nothing was saved.');
    for (let at = 0; at < value.length; at++) {
      const changed = Buffer.from(value);
      changed[at] = (changed[at] ?? 0) ^ 0x40;
      await client.hset(key, field, changed);
      expect(await held(reading), `byte ${at}`).toBeUndefined();
    }
    const [foreign] = Object.values(await client.hgetallBuffer(keysOf(prefix, other).entries[0]));
    await client.hset(key, field, foreign ?? '');
    expect(await held(reading)).toBeUndefined();
    expect(new Set(told)).toEqual(new Set(['entry-corrupt']));
    await client.hset(key, field, value);
    expect(await held(reading)).toEqual({ offset: 1, entries: { a: 'state' } });
  });

  test('keys that cannot be used are refused before anything is written, each named without its secret', () => {
    const encryption = { current: 'k3', secrets: new Map([['short', Buffer.from('hush')]]) };
    const open = () => new RedisSnapshotStore({ ...accessOf(redis()), encryption });
    expect(open).toThrow(/'short' has 4 bytes, not 32; there is no key 'k3'/);
    expect(open).not.toThrow(/hush/);
  });
});
