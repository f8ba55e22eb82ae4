import { describe, expect, test } from 'vitest';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { accessOf, clientOf, freshPrefix, header, held, keysOf, put, storeOf, TASK } from './redis-world.ts';

describe('fencing of the Redis store', () => {
  const redis = useServer(() => redisServer());
  const two = () => {
    const options = { ...accessOf(redis()), prefix: freshPrefix() };
    return { zombie: storeOf(options), owner: storeOf(options), prefix: options.prefix };
  };

  test('an epoch that is given fences the ones before it at once, before its owner has written', async () => {
    const { zombie, owner } = two();
    const old = await zombie.nextEpoch(TASK);
    expect(await zombie.save(TASK, header(1, old), [put('a', '1')], undefined)).toBe(true);
    const now = await owner.nextEpoch(TASK);
    expect(await zombie.save(TASK, header(9, old), [put('a', 'zombie')], 1)).toBe(false);
    expect(await zombie.save(TASK, header(9, old), [put('a', 'zombie')], undefined)).toBe(false);
    expect(await owner.save(TASK, header(2, now), [put('b', '2')], 1)).toBe(true);
    expect(await held(owner)).toEqual({ offset: 2, entries: { a: '1', b: '2' } });
  });

  test('two writers with one epoch, after a server lost its memory, do not mix their steps', async () => {
    const { zombie, owner } = two();
    const large = (said: string) => Array.from({ length: 5_000 }, (_, i) => put(`k${i}`, said));
    const answers = await Promise.all([
      zombie.save(TASK, header(7), large('zombie'), undefined),
      owner.save(TASK, header(7), large('owner'), undefined),
    ]);
    // Whoever began last goes on alone.
    expect(answers.filter((saved) => saved)).toHaveLength(1);
    const states = new Set(Object.values((await held(owner))?.entries ?? {}));
    expect([...states]).toEqual([answers[0] ? 'zombie' : 'owner']);
  });

  test('dropping a snapshot does not give its epochs again', async () => {
    const { owner } = two();
    const before = await owner.nextEpoch(TASK);
    await owner.save(TASK, header(1, before), [put('a', '1')], undefined);
    await owner.drop(TASK);
    expect(await held(owner)).toBeUndefined();
    expect(await owner.nextEpoch(TASK)).toBe(before + 1);
  });

  test('a process that has seen an epoch is not given it again by a server that forgot', async () => {
    const { owner, prefix } = two();
    const before = await owner.nextEpoch(TASK);
    await clientOf(redis()).unlink(...keysOf(prefix).all);
    expect(await owner.nextEpoch(TASK)).toBe(before + 1);
  });
});
