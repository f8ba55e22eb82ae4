import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import {
  end,
  identityOf,
  isRunning,
  type ProcessIdentity,
  signal,
} from '../../../docker/stack/process-identity.ts';

/** A process that says a word once it listens to signals; `stubborn` ones do not end on SIGTERM. */
async function someProcess(stubborn = false): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
  const script = `${stubborn ? 'process.on("SIGTERM", () => {});' : ''} console.log("up"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const identity = identityOf(child.pid ?? 0);
  if (identity === undefined) throw new Error('it does not run');
  return { child, identity };
}

test('a process is told from another that was given its number', async () => {
  const { identity } = await someProcess();
  expect(isRunning(identity)).toBe(true);
  const before = { ...identity, birth: 'another time' };
  expect(isRunning(before)).toBe(false);
  expect(signal(before, 'SIGKILL')).toBe(false);
  await end(before, 1000);
  expect(isRunning(identity)).toBe(true);
});

test('a process that has ended is not running, and a signal to it is no error', async () => {
  const { identity } = await someProcess();
  await end(identity, 10_000);
  expect(isRunning(identity)).toBe(false);
  expect(signal(identity, 'SIGTERM')).toBe(false);
});

test('one that does not listen is ended by force', async () => {
  const { child, identity } = await someProcess(true);
  const exited = once(child, 'exit');
  await end(identity, 100);
  expect(await exited).toEqual([null, 'SIGKILL']);
});

test('a paused one is woken to end in order', async () => {
  const { child, identity } = await someProcess();
  signal(identity, 'SIGSTOP');
  const exited = once(child, 'exit');
  await end(identity, 30_000);
  expect(await exited).toEqual([null, 'SIGTERM']);
});
