import { describe, expect, test } from 'vitest';
import { askRedis } from '../../../docker/stack/redis/redis-request.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { redisCluster, redisSentinel } from './deployments.ts';
import { freshPrefix, header, held, many, put, storeOf, TASK } from './redis-world.ts';

const patience = milliseconds(2_000);
const UNAVAILABLE = { code: 'snapshot-store-unavailable' };

describe('a Redis cluster', () => {
  const cluster = useServer(() => redisCluster());

  test('takes all keys of a task in one slot, and gives them back', async () => {
    const { host, port } = cluster();
    const store = storeOf({ address: { kind: 'cluster', nodes: [{ host, port }] }, prefix: freshPrefix() });
    const key = { application: '}{', task: '1_0' };
    expect(await store.nextEpoch(key)).toBe(1);
    expect(await store.save(key, header(1), many(2_500, '1'), undefined)).toBe(true);
    expect(await store.save(key, header(2), [put('k0', '2')], 1)).toBe(true);
    expect((await held(store, key))?.entries['k0']).toBe('2');
    await store.drop(key);
    expect(await held(store, key)).toBeUndefined();
  });

  test('that wants a password: without it refused, with it all goes on', async () => {
    const { host, port } = cluster();
    const address = { kind: 'cluster', nodes: [{ host, port }] } as const;
    expect(await askRedis({ host, port }, 'CONFIG SET requirepass hush')).toBe('+OK');
    await expect(storeOf({ address, patience }).nextEpoch(TASK)).rejects.toMatchObject({
      code: 'snapshot-store-refused',
    });
    const store = storeOf({ address, user: { password: () => 'hush' }, prefix: freshPrefix() });
    expect(await store.nextEpoch(TASK)).toBe(1);
  });

  test('that is not there: every call ends with an error', async () => {
    const address = { kind: 'cluster', nodes: [{ host: '127.0.0.1', port: 1 }] } as const;
    const store = storeOf({ address, patience: milliseconds(300) });
    await expect(store.load(TASK)).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.nextEpoch(TASK)).rejects.toMatchObject(UNAVAILABLE);
  });
});

describe('Redis behind sentinels', () => {
  const redis = useServer(() => redisServer());
  const sentinel = useServer(() => redisSentinel(redis()));

  test('the primary that they name is used, also when one of them is gone', async () => {
    const { host, port } = sentinel();
    const sentinels = [
      { host: '127.0.0.1', port: 1 },
      { host, port },
    ];
    const store = storeOf({
      address: { kind: 'sentinel', sentinels, primary: 'primary' },
      prefix: freshPrefix(),
      patience,
    });
    expect(await store.save(TASK, header(1), [put('a', '1')], undefined)).toBe(true);
    expect(await held(store)).toEqual({ offset: 1, entries: { a: '1' } });
  });

  test('a primary that they do not know, or none of them there: every call ends with an error', async () => {
    const { host, port } = sentinel();
    for (const sentinels of [[{ host, port }], [{ host: '127.0.0.1', port: 1 }]]) {
      const address = { kind: 'sentinel', sentinels, primary: 'other' } as const;
      const store = storeOf({ address, patience: milliseconds(300) });
      await expect(store.load(TASK)).rejects.toMatchObject(UNAVAILABLE);
      await expect(store.nextEpoch(TASK)).rejects.toMatchObject(UNAVAILABLE);
    }
  });
});
