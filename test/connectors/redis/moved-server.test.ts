import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Codecs } from '../../../connectors/redis/codecs.ts';
import type { Connection } from '../../../connectors/redis/connection.ts';
import { save } from '../../../connectors/redis/save.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import {
  accessOf,
  clientOf,
  connectionOf,
  freshPrefix,
  header,
  held,
  keysOf,
  many,
  storeOf,
  TASK,
} from './redis-world.ts';

const ENTRIES = 5_000;

describe('a server that changes between two steps of one save', () => {
  const redis = useServer(() => redisServer({ own: true, durable: true }));

  const restart = async (): Promise<void> => {
    await redis().stop();
    await redis().restart();
  };

  /** Saves one change onto a whole snapshot, and does that before a step of it. */
  async function saved(step: number, prefix: string, before: () => Promise<unknown>): Promise<boolean> {
    const [store, connection] = [storeOf({ ...accessOf(redis()), prefix }), connectionOf(accessOf(redis()))];
    expect(await store.save(TASK, header(1), many(ENTRIES, '1'), undefined)).toBe(true);
    let steps = 0;
    const moved: Pick<Connection, 'run'> = {
      run: async (script, keys, args) => {
        if (++steps === step) await before();
        return connection.run(script, keys, args);
      },
    };
    const codec = new Codecs(undefined, '').of('');
    if (codec === undefined) throw new Error('There is no codec for what is in the clear.');
    const changes = [['store', 'k0', Buffer.from('2')] as const];
    const request = { keys: keysOf(prefix), header: header(2), changes, base: 1, keyId: '', codec };
    const done = await save(moved, { ...request, token: randomUUID() });
    expect(steps).toBeGreaterThanOrEqual(step);
    return done;
  }

  test.each([3, 6])('restarted before step %i: a copy that was begun is whole', async (step) => {
    const prefix = freshPrefix();
    expect(await saved(step, prefix, restart)).toBe(true);
    const snapshot = await held(storeOf({ ...accessOf(redis()), prefix }));
    expect([snapshot?.offset, snapshot?.entries['k0']]).toEqual([2, '2']);
    expect(Object.keys(snapshot?.entries ?? {})).toHaveLength(ENTRIES);
  });

  test('what is evicted while it is copied is no base: the next save is whole', async () => {
    const prefix = freshPrefix();
    const { entries } = keysOf(prefix);
    const evict = (): Promise<unknown> => clientOf(redis()).unlink(entries['0'], entries['1']);
    expect(await saved(4, prefix, evict)).toBe(false);
    expect(await held(storeOf({ ...accessOf(redis()), prefix }))).toBeUndefined();
  });
});
