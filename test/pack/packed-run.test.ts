import { afterEach, expect, test } from 'vitest';
import { HERE } from '../../bench/real/here.ts';
import { packedCommand } from '../../bench/real/packed.ts';
import { useStack } from '../app/run/real-stack.ts';
import { RunProcess } from '../app/run/run-process.ts';
import { redisServer } from '../servers/redis.ts';
import { useServer } from '../servers/use-server.ts';

const TASKS = ['1_0', '1_1', '1_2', '1_3'];

const stack = useStack();
const redis = useServer(() => redisServer());
const running = new Set<RunProcess>();

function packed(driver: string, ...more: readonly string[]): RunProcess {
  const { host, port } = redis();
  const variables = { ...stack.variables, REDIS_HOST: host, REDIS_PORT: String(port), KAFKA_DRIVER: driver };
  const run = ['run', '--application', `packed-${driver}`, ...more];
  const made = new RunProcess(run, variables, packedCommand(HERE, 'sepsis-streams-packed'));
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

afterEach(async () => {
  for (const one of running) one.signal('SIGKILL');
  await Promise.all([...running].map(({ exit }) => exit));
  running.clear();
});

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
    const restored = back.of('restored');
    const sum = (field: string): number => restored.reduce((all, line) => all + Number(line[field]), 0);
    expect([sum('entries') > 0, sum('replayed')]).toEqual([true, 0]);
    await by(back, ward.alerted(await ward.sick()));
    back.signal('SIGTERM');
    expect(await back.exit).toBe(0);
  },
);
