import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locked } from '../../../docker/stack/lock.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('one works, the others wait, and the lock is gone behind the last', async () => {
  const path = join(temporaryFolder(), 'deep/lock');
  let inside = 0;
  const most: number[] = [];
  const work = async (): Promise<void> => {
    inside += 1;
    most.push(inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside -= 1;
  };
  await Promise.all([1, 2, 3, 4].map(() => locked(path, work)));
  expect(most).toEqual([1, 1, 1, 1]);
  expect(existsSync(path)).toBe(false);
});

test('processes exclude each other', async () => {
  const folder = temporaryFolder();
  const module = new URL('../../../docker/stack/lock.ts', import.meta.url).href;
  const counter = join(folder, 'counter');
  writeFileSync(counter, '0');
  // Read, wait, write: without the lock most of the steps would be lost.
  const script = `
    import { locked } from ${JSON.stringify(module)};
    import { readFileSync, writeFileSync } from 'node:fs';
    const [lock, counter] = process.argv.slice(1);
    for (let i = 0; i < 3; i++) await locked(lock, async () => {
      const n = Number(readFileSync(counter, 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, 10));
      writeFileSync(counter, String(n + 1));
    });`;
  await Promise.all(
    [1, 2, 3].map(async () => {
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', script, join(folder, 'lock'), counter],
        {
          stdio: 'inherit',
        },
      );
      expect(await once(child, 'exit')).toEqual([0, null]);
    }),
  );
  expect(readFileSync(counter, 'utf8')).toBe('9');
});

test('the lock of a process that has died is taken over', async () => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, JSON.stringify({ pid: process.pid, birth: 'long ago' }));
  expect(await locked(path, () => Promise.resolve('in'), 5000)).toBe('in');
});

test('the lock of a living one is respected, and the wait has an end', async () => {
  const path = join(temporaryFolder(), 'lock');
  await locked(path, async () => {
    const second = locked(path, () => Promise.resolve('in'), 200);
    await expect(second).rejects.toMatchObject({ code: 'server-not-started' });
  });
});

test('work that fails lets go of it', async () => {
  const path = join(temporaryFolder(), 'lock');
  await expect(locked(path, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(existsSync(path)).toBe(false);
});
