import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RedisSnapshotOptions } from '../../../connectors/redis/snapshot-store.ts';
import type { SnapshotChange } from '../../../topology/ports/snapshot-store.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { accessOf, clientOf, freshPrefix, header, storeOf, TASK } from './redis-world.ts';

const PATIENTS = 100_000;
const CHANGED = 3_000;

describe('a task of 100,000 patients', () => {
  const redis = useServer(() => redisServer({ own: true }));
  const state = (patient: number, bytes: number): SnapshotChange => [
    'patients',
    `Patient/${patient}`,
    Buffer.alloc(bytes, `${patient},`),
  ];

  /** Scripts that the server has run. */
  async function calls(): Promise<number> {
    const stats = String(await clientOf(redis()).call('INFO', 'commandstats'));
    const of = (command: string): number =>
      Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    return of('evalsha') + of('eval');
  }

  test.each([
    ['in the clear', {}],
    ['encrypted', { encryption: { current: 'k1', secrets: new Map([['k1', randomBytes(32)]]) } }],
  ] as const)(
    '%s: saved in bounded calls, changed, and loaded whole',
    async (_, more: Partial<RedisSnapshotOptions>) => {
      const store = storeOf({ ...accessOf(redis()), prefix: freshPrefix(), ...more });
      const whole = Array.from({ length: PATIENTS }, (_item, i) => state(i, 200 + (i % 100)));
      const changed = Array.from({ length: CHANGED }, (_item, i) => state(i * 31, 350));

      const saved: number[] = [];
      const timed = async (
        offset: number,
        changes: readonly SnapshotChange[],
        base?: number,
      ): Promise<void> => {
        const [before, from] = [await calls(), performance.now()];
        expect(await store.save(TASK, header(offset), changes, base)).toBe(true);
        told(`save of ${changes.length}: ${Math.round(performance.now() - from)} ms`);
        saved.push((await calls()) - before);
      };
      await timed(1, whole);
      await timed(2, changed, 1);
      await timed(3, changed, 2);
      // The whole: 1,000 a call, and one more where the server does not know the script yet. Behind it: a copy of 500 to 1,000 a call. Then: what the last save changed, and this one.
      const [first = 0, second = 0, third = 0] = saved;
      expect(first - 1).toBeLessThanOrEqual(PATIENTS / 1_000);
      expect(second).toBeLessThanOrEqual(PATIENTS / 500 + CHANGED / 1_000 + 1);
      expect(third).toBeLessThanOrEqual((2 * CHANGED) / 1_000 + 1);

      const from = performance.now();
      const snapshot = await store.load(TASK);
      told(`load: ${Math.round(performance.now() - from)} ms; calls per save: ${saved.join(', ')}`);
      const loaded = new Map([...(snapshot?.entries ?? [])].map(([, key, bytes]) => [key, bytes.length]));
      expect(snapshot?.header.offset).toBe(3);
      expect(loaded.size).toBe(PATIENTS);
      expect([loaded.get('Patient/31'), loaded.get('Patient/30')]).toEqual([350, 230]);
    },
  );
});

const told = (line: string): void => {
  process.stderr.write(`redis: ${line}\n`);
};
