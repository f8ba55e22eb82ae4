import { describe, expect, test } from 'vitest';
import { askRedis } from '../../../docker/stack/redis/redis-request.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';

describe('the Redis that a run shares', () => {
  const redis = useServer(() => redisServer());

  test('answers, and is the same for whoever asks again', async () => {
    expect(await askRedis(redis(), 'PING')).toBe('+PONG');
    expect((await redisServer()).port).toBe(redis().port);
  });
});

describe('a Redis of its own', () => {
  const redis = useServer(() => redisServer({ own: true, durable: true }));

  test('keeps its data and its port over a restart', async () => {
    expect(await askRedis(redis(), 'SET sepsis:kept yes')).toBe('+OK');
    await redis().restart();
    expect(await askRedis(redis(), 'GET sepsis:kept')).toBe('yes');
  });

  test('holds still while it is paused, and goes on', async () => {
    redis().pause();
    await expect(askRedis(redis(), 'PING', 200)).rejects.toThrow(/no answer/);
    redis().resume();
    expect(await askRedis(redis(), 'PING')).toBe('+PONG');
  });

  test('is gone after a kill, and comes back', async () => {
    await redis().kill();
    expect(redis().process.isRunning).toBe(false);
    await expect(askRedis(redis(), 'PING')).rejects.toThrow();
    await redis().restart();
    expect(await askRedis(redis(), 'PING')).toBe('+PONG');
  });
});

describe('a secured Redis', () => {
  const redis = useServer(() => redisServer({ secure: true }));

  test('talks TLS, and lets the user touch its own keys only', async () => {
    expect(await askRedis(redis(), 'SET sepsis:a 1')).toBe('+OK');
    expect(await askRedis(redis(), 'GET sepsis:a')).toBe('1');
    expect(await askRedis(redis(), 'GET other')).toMatch(/^-NOPERM/);
    expect(await askRedis(redis(), 'FLUSHALL')).toMatch(/^-NOPERM/);
    expect(await askRedis({ ...redis(), user: redis().admin }, 'EXISTS other')).toBe(':0');
  });

  test('lets nobody in without the password', async () => {
    expect(await askRedis({ ...redis(), user: undefined }, 'PING')).toMatch(/^-NOAUTH/);
    const wrong = { name: 'sepsis', password: 'wrong' };
    expect(await askRedis({ ...redis(), user: wrong }, 'PING')).toMatch(/^-WRONGPASS/);
  });

  test('does not talk in the clear', async () => {
    await expect(askRedis({ ...redis(), ca: undefined }, 'PING', 1000)).rejects.toThrow();
  });
});
