import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allocatorOf, SYSTEMS } from '../../bench/real/allocator.ts';
import { realOptions } from '../../bench/real/options.ts';
import { conditions, isComparison, type Kept } from '../../bench/real/results.ts';
import { StreamsError } from '../../topology/model/errors.ts';

const preload = { LD_PRELOAD: '/x/libjemalloc.so.2', MALLOC_CONF: 'background_thread:true' };

describe('the allocator of the workers', () => {
  test('is that of the image', async () => {
    const said: string[] = [];
    const asked = realOptions([]).allocator;
    const found = await allocatorOf(
      asked,
      (line) => said.push(line),
      () => Promise.resolve(preload),
    );
    expect(found).toEqual({ name: 'jemalloc 5.3.0', variables: preload });
    expect(said).toEqual([]);
  });

  test("is the system's where that is asked for, whatever the bench itself runs under", async () => {
    const asked = realOptions(['--allocator', 'system']).allocator;
    const found = await allocatorOf(
      asked,
      () => expect.unreachable(),
      () => expect.unreachable(),
    );
    expect(found).toEqual({ name: "the system's", variables: { LD_PRELOAD: '' } });
  });

  test.each(['tool-missing', 'download-failed'] as const)(
    "is the system's, and that is said, where the other cannot be had: %s",
    async (code) => {
      const said: string[] = [];
      const fails = (): Promise<never> => Promise.reject(new StreamsError(code, 'No apt-get here.'));
      expect(await allocatorOf('jemalloc', (line) => said.push(line), fails)).toBe(SYSTEMS);
      expect(said).toEqual([expect.stringContaining('No apt-get here.')]);
    },
  );

  test('is not another because of a fault', async () => {
    const fails = (): Promise<never> => Promise.reject(new Error('a fault'));
    await expect(allocatorOf('jemalloc', () => {}, fails)).rejects.toThrow('a fault');
  });

  test('is one of the two', () => {
    expect(() => realOptions(['--allocator', 'mimalloc'])).toThrow(/jemalloc or system, not mimalloc/);
  });
});

describe('what is kept', () => {
  const results = new URL('../../bench/results/', import.meta.url);
  const kept = readdirSync(results)
    .filter((name) => name.endsWith('-real.json'))
    .map((name): Kept => JSON.parse(readFileSync(new URL(name, results), 'utf8')) as Kept);

  const old = { machine: '2 x a', scheduling: 'normal', versions: { node: '24', kafka: '4', redis: '7' } };

  test('is read also where it names no allocator: there was only one', () => {
    expect(conditions(old, '2026-11-29T10:24')).toBe(
      "2026-11-29, 2 x a, Node 24, Kafka 4, Redis 7, allocator the system's, scheduling normal",
    );
    for (const one of kept)
      expect(conditions(one, '2026-11-29T10:24')).toContain(
        `, allocator ${one.allocator ?? "the system's"},`,
      );
  });

  test('tells the allocator above the table', () => {
    const line = conditions({ ...old, allocator: 'jemalloc 5.3.0' }, '2026-11-30T10:24');
    expect(line).toMatch(/^2026-11-30, .*, allocator jemalloc 5\.3\.0, /);
  });

  test('is a comparison where another checkout or another allocator was asked for', () => {
    const of = (...args: string[]): boolean => isComparison({ options: realOptions(args) });
    expect([of(), of('--against', '../other'), of('--allocator', 'system')]).toEqual([false, true, true]);
    expect(isComparison({ options: {} })).toBe(false);
  });
});
