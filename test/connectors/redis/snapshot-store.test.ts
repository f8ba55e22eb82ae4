import { randomBytes } from 'node:crypto';
import { describe } from 'vitest';
import { RedisSnapshotStore } from '../../../connectors/redis/snapshot-store.ts';
import { snapshotStoreConformance } from '../../conformance/snapshot-store.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { accessOf, freshPrefix } from './redis-world.ts';

describe('on a Redis', () => {
  const redis = useServer(() => redisServer());
  snapshotStoreConformance('the Redis store', async () => {
    const store = new RedisSnapshotStore({ ...accessOf(redis()), prefix: freshPrefix() });
    return { store, close: () => store.close() };
  });
});

describe('on a Redis with TLS, as a user who may touch his own keys only', () => {
  const redis = useServer(() => redisServer({ secure: true }));
  snapshotStoreConformance('the encrypting Redis store', async () => {
    const encryption = { current: 'k1', secrets: new Map([['k1', randomBytes(32)]]) };
    const store = new RedisSnapshotStore({ ...accessOf(redis()), prefix: freshPrefix(), encryption });
    return { store, close: () => store.close() };
  });
});
