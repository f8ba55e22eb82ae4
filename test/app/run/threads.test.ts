import { describe, expect, test } from 'vitest';
import { restored, useStack } from './real-stack.ts';

const stack = useStack();
const TASKS = ['1_0', '1_1', '1_2', '1_3'];
const SLOTS = ['t-0', 't-1', 't-2'];

describe('several workers in one process', () => {
  test('are members with slots of their own, share the work, and end together', async () => {
    const { ward } = stack;
    const all = stack.run('t', '--workers', '3');
    for (const slot of SLOTS) await all.told('started', { slot });
    await ward.alerted(await ward.sick());
    // In the end each has the tasks of its turn: 0 and 3, 1, 2.
    await Promise.all([0, 1, 2].map((i) => all.told('restored', { slot: SLOTS[i], task: TASKS[i] })));
    for (const partition of [0, 1, 2, 3]) await ward.alerted(await ward.sick(partition));
    all.signal('SIGTERM');
    expect(await all.exit).toBe(0);
    expect(all.of('stopping')).toHaveLength(1);
    expect(
      all
        .of('ended')
        .map(({ slot, code }) => `${String(slot)}: ${String(code)}`)
        .sort(),
    ).toEqual(SLOTS.map((slot) => `${slot}: 0`));
    expect([...(await ward.alerts()).values()].filter((count) => count !== 1)).toEqual([]);
  });

  test('come back together within their session, and nobody rebalances', async () => {
    const { ward } = stack;
    const patiently = ['--workers', '2', '--session-timeout', '60s'];
    const first = stack.run('t', ...patiently);
    await ward.alerted(await ward.sick());
    const has = (instance: typeof first): Promise<unknown> =>
      Promise.all([
        instance.told('restored', { slot: 't-0', task: '1_2' }),
        instance.told('restored', { slot: 't-1', task: '1_3' }),
      ]);
    await has(first);
    await ward.settled();
    first.signal('SIGTERM');
    expect(await first.exit).toBe(0);
    const back = stack.run('t', ...patiently);
    await has(back);
    await ward.alerted(await ward.sick());
    expect(
      back
        .of('restored')
        .map(({ slot, task }) => `${String(slot)} ${String(task)}`)
        .sort(),
    ).toEqual(['t-0 1_0', 't-0 1_2', 't-1 1_1', 't-1 1_3']);
  });

  test('end when one of them ends by itself: in order, and with its code', async () => {
    const { ward } = stack;
    const all = stack.run('t', '--workers', '2');
    await ward.alerted(await ward.sick());
    await all.told('restored', { slot: 't-1' });
    const rival = stack.run('t-1');
    expect(await all.exit).toBe(4);
    expect(all.text).toContain('Another live process runs under the same slot name');
    expect(all.of('ended').map(({ slot, code }) => [slot, code])).toEqual([
      ['t-1', 4],
      ['t-0', 0],
    ]);
    await restored(rival, ['1_1', '1_3']);
    // Nobody comes back as t-0, so it has everything when that session has ended.
    await restored(rival, TASKS);
    await ward.alerted(await ward.sick(0));
  });
});
