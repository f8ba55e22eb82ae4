import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HeapAlive } from '../../../app/run/heap-alive.ts';
import { collectAll } from '../../../app/run/memory-release.ts';

const DEAD_HEAP = fileURLToPath(new URL('./dead-heap.ts', import.meta.url));

function started(): HeapAlive {
  const heap = new HeapAlive();
  heap.start();
  onTestFinished(() => heap.close());
  return heap;
}

/** 20 MB in the heap; texts that are longer would lie outside of it. */
const megabytes = (): string[] => Array.from({ length: 20 }, () => Buffer.alloc(1e6, 'x').toString('latin1'));

const between = (least: number, most: number) => (bytes: number) => bytes > least && bytes < most;

describe('what is known to be alive', () => {
  test('is what the last major collection left, and nothing before the first', async () => {
    expect(new HeapAlive().bytes).toBe(0);
    const heap = started();
    collectAll();
    await expect.poll(() => heap.bytes).toBeGreaterThan(0);
    const base = heap.bytes;
    const kept = megabytes();
    let dead = [...megabytes(), ...megabytes(), ...megabytes()];
    collectAll();
    await expect.poll(() => heap.bytes - base).toSatisfy(between(75e6, 90e6));
    dead = [];
    collectAll();
    await expect.poll(() => heap.bytes - base).toSatisfy(between(19e6, 30e6));
    expect(kept.length + dead.length).toBe(20);
  });

  test('is not followed any more when it is closed', async () => {
    const [closed, open] = [started(), started()];
    closed.close();
    collectAll();
    await expect.poll(() => open.bytes).toBeGreaterThan(0);
    expect(closed.bytes).toBe(0);
  });
});

describe('a heap with more in it than the bound', () => {
  const run = async (what: 'dead' | 'alive'): Promise<Record<string, number>> => {
    const args = ['--initial-old-space-size=2000', DEAD_HEAP, what];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    return JSON.parse(stdout) as Record<string, number>;
  };

  test('is given back where nearly all of it is dead, and V8 does not know yet', async () => {
    const seen = await run('dead');
    expect(seen).toMatchObject({ released: 1, alive: 0 });
    expect(seen['before']).toBeGreaterThan(150e6);
    expect(seen['after']).toBeLessThan(60e6);
    // And so much is known from then on.
    expect(seen['aliveAfter']).toSatisfy(between(20e6, 60e6));
  });

  test('is kept where it is alive', async () => {
    const seen = await run('alive');
    expect(seen).toMatchObject({ released: 0 });
    expect(seen['alive']).toBeGreaterThan(130e6);
  });
});
