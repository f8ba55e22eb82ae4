import { describe, expect, test } from 'vitest';
import { restored, useStack } from './real-stack.ts';
import type { RealWard } from './real-ward.ts';
import type { RunProcess } from './run-process.ts';

const stack = useStack();

/** Of two instances the one that comes first in order has the even partitions. */
const [OF_A, OF_B] = [
  ['1_0', '1_2'],
  ['1_1', '1_3'],
];
/** However slowly it starts, its session has not ended. */
const PATIENTLY = ['--session-timeout', '60s'];

/** Two instances that have shared the work out. */
async function pair(...more: readonly string[]): Promise<readonly [RunProcess, RunProcess]> {
  const [a, b] = [stack.run('a', ...more), stack.run('b', ...more)];
  // Whoever came first has had all of it for a moment.
  await stack.ward.alerted(await stack.ward.sick());
  await Promise.all([restored(a, OF_A), restored(b, OF_B)]);
  // What b told of its tasks may be of that moment: it works on them once it has taken them over for good.
  await stack.ward.alerted(await stack.ward.sick(1));
  await stack.ward.settled();
  return [a, b];
}

/** Sends a patient of partition 0, which is a's, and tells how long after `since` the alert was there. */
async function firstAlert(ward: RealWard, since: number, what: string): Promise<void> {
  await ward.alerted(await ward.sick(0));
  process.stderr.write(`${what}: ${Math.round(performance.now() - since)} ms\n`);
}

const everyoneOnce = async (): Promise<void> => {
  const alerts = [...(await stack.ward.alerts()).entries()];
  expect(alerts.filter(([, count]) => count !== 1)).toEqual([]);
  expect(alerts.map(([patient]) => patient).sort()).toEqual(stack.ward.patients.toSorted());
};

describe('an instance that is restarted in place', () => {
  test.each([
    ['by SIGTERM, which ends it in good order', 'SIGTERM', 0],
    ['by kill -9', 'SIGKILL', null],
  ] as const)('%s takes its own partitions back, and nobody else stops', async (what, signal, code) => {
    const { ward } = stack;
    const [a, b] = await pair(...PATIENTLY);
    const told = b.of('restored').length;
    a.signal(signal);
    expect(await a.exit).toBe(code);
    const since = performance.now();
    const patient = await ward.sick(0);
    // It leaves in the end: a broker keeps a slot's session time-out as long as it has the slot.
    const back = stack.run('a', ...PATIENTLY, '--leave');
    await ward.alerted(patient);
    process.stderr.write(
      `${what}, first alert ${Math.round(performance.now() - since)} ms after the start\n`,
    );
    expect(back.of('restored').map(({ task }) => task)).toEqual(OF_A);
    await ward.alerted(await ward.sick(1));
    expect(b.of('restored')).toHaveLength(told);
    await everyoneOnce();
    for (const one of [back, b]) one.signal('SIGTERM');
    expect(await Promise.all([back.exit, b.exit])).toEqual([0, 0]);
  });
});

test('what a large restore took of memory is given back', async () => {
  const { ward } = stack;
  const a = stack.run('a', ...PATIENTLY);
  await ward.well(10_000, 0);
  // Behind all of them in both topics.
  await ward.alerted(await ward.sick(0, 0));
  a.signal('SIGKILL');
  await a.exit;
  const back = stack.run('a', ...PATIENTLY, '--leave');
  await back.told('memory-released', {});
  expect(back.of('memory-released')).toHaveLength(1);
  const large = back.of('restored').find(({ task }) => task === '1_0');
  expect(Number(large?.['replayed'])).toBeGreaterThan(10_000);
  back.signal('SIGTERM');
  expect(await back.exit).toBe(0);
});

describe('an instance that does not come back', () => {
  test('after kill -9 is taken for dead, and the others take over', async () => {
    const [a, b] = await pair();
    const lines = b.lines.length;
    const since = performance.now();
    a.signal('SIGKILL');
    await firstAlert(stack.ward, since, 'first alert of a victim after kill -9, session time-out 6 s');
    await restored(b, OF_A, lines);
    await everyoneOnce();
  });

  test('after SIGTERM with --leave is out of the group at once', async () => {
    const [a, b] = await pair('--leave', ...PATIENTLY);
    const lines = b.lines.length;
    const since = performance.now();
    a.signal('SIGTERM');
    expect(await a.exit).toBe(0);
    const { stdout } = await stack.kafka.tool('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
      '--bootstrap-server',
      stack.kafka.bootstrap,
      '--describe',
      '--members',
      '--group',
      'sepsis-streams',
    ]);
    expect(stdout).toContain('sepsis-streams-b');
    expect(stdout).not.toContain('sepsis-streams-a');
    await firstAlert(stack.ward, since, 'first alert after SIGTERM with --leave');
    await restored(b, OF_A, lines);
    await everyoneOnce();
  });
});

describe('an instance that is fenced', () => {
  test('because it stood still for longer than its session rejoins by itself', async () => {
    const [a, b] = await pair();
    const lines = [a.lines.length, b.lines.length];
    a.signal('SIGSTOP');
    await stack.ward.alerted(await stack.ward.sick(0));
    await restored(b, OF_A, lines[1]);
    a.signal('SIGCONT');
    await restored(a, OF_A, lines[0]);
    await stack.ward.alerted(await stack.ward.sick(0));
    await everyoneOnce();
    for (const one of [a, b]) one.signal('SIGTERM');
    expect(await Promise.all([a.exit, b.exit])).toEqual([0, 0]);
  });

  test('because another process has its slot ends, and the newer one keeps it', async () => {
    const older = stack.run('a');
    await stack.ward.alerted(await stack.ward.sick());
    const newer = stack.run('a');
    expect(await older.exit).toBe(4);
    expect(older.text).toContain('Another live process runs under the same slot name');
    await restored(newer, [...OF_A, ...OF_B]);
    await stack.ward.alerted(await stack.ward.sick());
    await everyoneOnce();
    newer.signal('SIGTERM');
    expect(await newer.exit).toBe(0);
  });
});

describe('a signal', () => {
  test('that comes twice, while the first cannot be obeyed, ends it with 5, and nothing is lost or doubled', async () => {
    const { kafka, ward } = stack;
    let code: number | null = 0;
    // One that has nothing to commit just then obeys the first.
    while (code === 0) {
      const instance = stack.run('a');
      let ended = false;
      void instance.exit.then(() => (ended = true));
      await ward.alerted(await ward.sick());
      await ward.sick();
      kafka.pause();
      try {
        instance.signal('SIGTERM');
        // The echo of a terminal is no second signal.
        while (!ended && instance.of('stopping').length < 2) {
          await new Promise((resolve) => void setTimeout(resolve, 300));
          if (!ended) instance.signal('SIGTERM');
        }
        code = await instance.exit;
      } finally {
        kafka.resume();
      }
    }
    expect(code).toBe(5);
    stack.run('a');
    await ward.alerted(await ward.sick());
    await ward.settled();
    await everyoneOnce();
  });
});
