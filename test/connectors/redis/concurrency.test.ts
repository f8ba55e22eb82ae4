import { describe, expect, test } from 'vitest';
import { Codecs } from '../../../connectors/redis/codecs.ts';
import type { Connection } from '../../../connectors/redis/connection.ts';
import { readNewest, type Unreadable } from '../../../connectors/redis/generations.ts';
import { text } from '../../../topology/model/codec.ts';
import type { Snapshot, SnapshotChange } from '../../../topology/ports/snapshot-store.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import {
  accessOf,
  connectionOf,
  freshPrefix,
  header,
  held,
  keysOf,
  many,
  storeOf,
  TASK,
} from './redis-world.ts';

describe('a Redis store that is used by several at once', () => {
  const redis = useServer(() => redisServer());

  /** Loads, while somebody else saves twice before each of the first `times` reads of entries. */
  async function loadedBeside(
    times: number,
  ): Promise<{ snapshot: Snapshot | undefined; told: Unreadable[] }> {
    const prefix = freshPrefix();
    const [store, connection] = [storeOf({ ...accessOf(redis()), prefix }), connectionOf(accessOf(redis()))];
    const keys = keysOf(prefix);
    let offset = 1;
    await store.save(TASK, header(offset), many(3, '1'), undefined);
    const entries: ReadonlySet<string | Buffer | undefined> = new Set(Object.values(keys.entries));
    let left = times;
    const beside: Pick<Connection, 'call'> = {
      call: async (command, args) => {
        for (let i = 0; entries.has(args[0]) && left > 0 && i < 2; i++) {
          expect(await store.save(TASK, header(offset + 1), many(3, `${offset + 1}`), offset)).toBe(true);
          offset++;
        }
        if (entries.has(args[0])) left--;
        return connection.call(command, args);
      },
    };
    const told: Unreadable[] = [];
    const snapshot = await readNewest(beside, keys, new Codecs(undefined, ''), (why) => told.push(why));
    return { snapshot, told };
  }

  test('a load beside two saves gives the snapshot that is there then, not a mixture', async () => {
    const { snapshot, told } = await loadedBeside(1);
    expect(snapshot?.header.offset).toBe(3);
    expect([...(snapshot?.entries ?? [])].map(([, , state]) => text.decode(state))).toEqual(['3', '3', '3']);
    expect(told).toEqual([]);
  });

  test('a load that others never leave alone ends, with nothing', async () => {
    expect(await loadedBeside(100)).toEqual({ snapshot: undefined, told: ['changing'] });
  });

  test('all of a large save is read before its promise is returned', async () => {
    const store = storeOf({ ...accessOf(redis()), prefix: freshPrefix() });
    const bytes = Buffer.from('before');
    const changes = Array.from({ length: 2_500 }, (_, i): SnapshotChange => ['store', `k${i}`, bytes]);
    const saved = store.save(TASK, header(1), changes, undefined);
    bytes.write('behind');
    expect(await saved).toBe(true);
    expect(new Set(Object.values((await held(store))?.entries ?? {}))).toEqual(new Set(['before']));
  });
});
