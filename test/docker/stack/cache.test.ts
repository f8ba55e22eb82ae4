import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cached } from '../../../docker/stack/cache.ts';
import { ServerProcess } from '../../../docker/stack/server-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

let root = '';
beforeEach(() => {
  root = temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', root);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const silent = (): void => undefined;
const left = (): string[] => readdirSync(join(root, 'sepsis-streams'));

test('a download is fetched once, and another recipe is another folder', async () => {
  let fetched = 0;
  const fill = (folder: string): Promise<void> => {
    fetched += 1;
    writeFileSync(join(folder, 'file'), String(fetched));
    return Promise.resolve();
  };
  const first = await cached('kafka', '4.3.1', fill, silent);
  expect(await cached('kafka', '4.3.1', fill, silent)).toBe(first);
  expect(fetched).toBe(1);
  const other = await cached('kafka', '4.4.0', fill, silent);
  expect(other).not.toBe(first);
  expect(readFileSync(join(other, 'file'), 'utf8')).toBe('2');
});

test('of several that want it at once one fetches', async () => {
  let fetched = 0;
  const fill = async (folder: string): Promise<void> => {
    fetched += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(join(folder, 'file'), '');
  };
  const folders = await Promise.all([1, 2, 3].map(() => cached('redis', '7', fill, silent)));
  expect(new Set(folders).size).toBe(1);
  expect(fetched).toBe(1);
});

test('it is complete or absent: while it is filled, and when that fails', async () => {
  const fill = (folder: string): Promise<void> => {
    writeFileSync(join(folder, 'half'), '');
    expect(left().filter((name) => name.startsWith('registry'))).toEqual([]);
    return Promise.reject(new Error('the network went'));
  };
  await expect(cached('registry', '3', fill, silent)).rejects.toThrow('the network went');
  expect(left()).toEqual([]);
  const whole = await cached('registry', '3', () => Promise.resolve(), silent);
  expect(existsSync(whole)).toBe(true);
});

test('what a killed process left half is removed by the next that fetches', async () => {
  const half = join(root, 'sepsis-streams/.kafka-half');
  mkdirSync(half, { recursive: true });
  const whole = await cached('kafka', '4', () => Promise.resolve(), silent);
  expect(existsSync(half)).toBe(false);
  expect(existsSync(whole)).toBe(true);
});

test('what a process that was killed left is removed by the next one that fills, and a server that it had started is ended', async () => {
  const folder = join(root, 'sepsis-streams', '.kafka-left');
  const server = new ServerProcess({ name: 'broker', program: 'sleep', args: ['600'], folder });
  server.start();
  await cached('redis', '7', () => Promise.resolve(), silent);
  expect(server.isRunning).toBe(false);
  expect(left().filter((name) => name.startsWith('.'))).toEqual([]);
});
