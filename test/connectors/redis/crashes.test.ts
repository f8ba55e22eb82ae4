import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Codecs } from '../../../connectors/redis/codecs.ts';
import type { Connection } from '../../../connectors/redis/connection.ts';
import type { OwnedChange } from '../../../connectors/redis/owned-changes.ts';
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

describe('a writer that dies in the middle of a save', () => {
  const redis = useServer(() => redisServer());

  /** Runs the first `calls` calls of a save; false when that was not all of it. */
  async function saveUntil(
    connection: Connection,
    calls: number,
    prefix: string,
    offset: number,
    changes: readonly OwnedChange[],
    base: number | undefined,
  ): Promise<boolean> {
    const codec = new Codecs(undefined, '').of('');
    if (codec === undefined) throw new Error('There is no codec for what is in the clear.');
    let left = calls;
    const mortal: Pick<Connection, 'run'> = {
      run: (script, keys, args) => {
        if (left-- === 0) throw new Error('the process is gone');
        return connection.run(script, keys, args);
      },
    };
    const request = { keys: keysOf(prefix), header: header(offset), changes, base, keyId: '', codec };
    try {
      return await save(mortal, { ...request, token: randomUUID() });
    } catch (error) {
      expect(error).toMatchObject({ message: 'the process is gone' });
      return false;
    }
  }
  const owned = (count: number, said: string): OwnedChange[] =>
    many(count, said).map(([store, key]) => [store, key, Buffer.from(said)]);

  test.each([0, 1, 2])('after call %i of three the snapshot is the one before', async (calls) => {
    const prefix = freshPrefix();
    const [store, connection] = [storeOf({ ...accessOf(redis()), prefix }), connectionOf(accessOf(redis()))];
    await store.save(TASK, header(1), many(10, '1'), undefined);
    await store.save(TASK, header(2), many(10, '2'), 1);
    for (const base of [2, undefined]) {
      expect(await saveUntil(connection, calls, prefix, 3, owned(2_500, '3'), base)).toBe(false);
      const now = await held(store);
      expect(now?.offset).toBe(2);
      expect(Object.values(now?.entries ?? {})).toEqual(many(10, '2').map(() => '2'));
    }
    // Nothing of what was broken off shows later.
    expect(await store.save(TASK, header(3), many(1, '3'), 2)).toBe(true);
    expect(
      Object.values((await held(store))?.entries ?? {})
        .toSorted()
        .join(''),
    ).toBe('2222222223');
  });

  test('what it has begun to write is no older generation: when the newest is lost too, there is none', async () => {
    const prefix = freshPrefix();
    const [store, connection] = [storeOf({ ...accessOf(redis()), prefix }), connectionOf(accessOf(redis()))];
    await store.save(TASK, header(1), many(10, '1'), undefined);
    await store.save(TASK, header(2), many(10, '2'), 1);
    await saveUntil(connection, 2, prefix, 3, owned(2_500, '3'), 2);
    const client = clientOf(redis());
    const newest = (await client.hget(keysOf(prefix).meta, 'newest')) === '1' ? '1' : '0';
    await client.unlink(keysOf(prefix).entries[newest]);
    expect(await held(store)).toBeUndefined();
  });

  test('whatever is saved, broken off and evicted, what is loaded is a state that was saved, whole', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('save' as const),
          size: size(),
          whole: rarely(),
          calls: fc.option(fc.nat(4), { nil: undefined, freq: 3 }),
          removing: fc.nat(40),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('evict' as const), key: fc.nat(3) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const prefix = freshPrefix();
        const store = storeOf({ ...accessOf(redis()), prefix });
        const [connection, client] = [connectionOf(accessOf(redis())), clientOf(redis())];
        const saved = new Map<number, Readonly<Record<string, string>>>();
        let base: number | undefined;
        let offset = 0;
        for (const each of steps) {
          if (each.kind === 'evict') {
            await client.unlink(keysOf(prefix).all[each.key] ?? '');
          } else {
            offset++;
            const from = each.whole ? undefined : base;
            const next = { ...(from === undefined ? {} : saved.get(from)) };
            const changes = owned(each.size, `${offset}`);
            for (let i = 0; i < each.removing; i++) changes.push(['store', `k${i * 7 + each.size}`, null]);
            for (const [, key, state] of changes) {
              if (state === null) delete next[key];
              else next[key] = state.toString();
            }
            saved.set(offset, next);
            const done = await saveUntil(connection, each.calls ?? 1_000, prefix, offset, changes, from);
            // As the engine does: unless it is told that a save stands, the next one is whole.
            base = done ? offset : undefined;
          }
          const now = await held(store);
          if (now !== undefined) expect(now.entries).toEqual(saved.get(now.offset));
          if (base === offset && each.kind === 'save') expect(now?.offset).toBe(offset);
        }
      }),
      { numRuns: 25 },
    );
  });
});

const size = (): fc.Arbitrary<number> => fc.constantFrom(0, 1, 3, 40, 600, 1_000, 1_001, 2_300);
const rarely = (): fc.Arbitrary<boolean> => fc.constantFrom(true, false, false, false);
