import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { useStack } from '../app/run/real-stack.ts';
import { RunProcess } from '../app/run/run-process.ts';
import { redisServer } from '../servers/redis.ts';
import { useServer } from '../servers/use-server.ts';

const project = join(import.meta.dirname, '../..');
/** Where the package finds what the checkout has installed. */
const FOLDER = join(project, `node_modules/.cache/sepsis-streams-packed-${process.pid}`);
const TASKS = ['1_0', '1_1', '1_2', '1_3'];

const stack = useStack();
const redis = useServer(() => redisServer());
const running = new Set<RunProcess>();

function packed(driver: string, ...more: readonly string[]): RunProcess {
  const { bin } = JSON.parse(readFileSync(join(FOLDER, 'package/package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  const { host, port } = redis();
  const variables = { ...stack.variables, REDIS_HOST: host, REDIS_PORT: String(port), KAFKA_DRIVER: driver };
  const cli = join(FOLDER, 'package', bin['sepsis-streams'] ?? '');
  const made = new RunProcess(['run', '--application', `packed-${driver}`, ...more], variables, cli);
  running.add(made);
  return made;
}

/** Waits for what the instance is to bring about, and no longer than it lives. */
async function by<R>(instance: RunProcess, done: Promise<R>): Promise<R> {
  const ended = instance.exit.then((code) => {
    throw new Error(`It ended with ${code}:\n${instance.text}`);
  });
  return Promise.race([done, ended]);
}

beforeAll(() => {
  execFileSync(process.execPath, [join(project, 'app/pack/pack.ts'), join(FOLDER, 'package')], {
    stdio: 'pipe',
  });
});

afterEach(async () => {
  for (const one of running) one.signal('SIGKILL');
  await Promise.all([...running].map(({ exit }) => exit));
  running.clear();
});

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test.each(['platformatic', 'kafkajs'])(
  'the package screens with two workers as threads, over %s, and goes on from its snapshots',
  async (driver) => {
    const { ward } = stack;
    // The topics hold what the other one wrote.
    const run = (): RunProcess => packed(driver, '--slot', 'p', '--workers', '2', '--from', 'earliest');
    const first = run();
    await by(first, ward.alerted(await ward.sick()));
    first.signal('SIGTERM');
    expect(await first.exit).toBe(0);
    const back = run();
    await Promise.all(TASKS.map((task) => back.told('restored', { task })));
    await by(back, ward.alerted(await ward.sick()));
    expect(back.of('restored').reduce((sum, { entries }) => sum + Number(entries), 0)).toBeGreaterThan(0);
    back.signal('SIGTERM');
    expect(await back.exit).toBe(0);
  },
);
