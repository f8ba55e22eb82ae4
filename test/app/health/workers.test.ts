import { describe, expect, test } from 'vitest';
import type { WorkerReport } from '../../../app/health/worker-report.ts';
import { Workers } from '../../../app/health/workers.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';

const report = (own: Partial<WorkerReport> = {}): WorkerReport => ({
  slot: 'a',
  live: true,
  tasks: 4,
  stalled: undefined,
  parked: undefined,
  metrics: [],
  ...own,
});

const of = (...slots: string[]): { workers: Workers; clock: ManualClock } => {
  const clock = new ManualClock(0);
  return { workers: new Workers(slots, clock), clock };
};

const held = (check: string): object => ({ check: `worker ${check}`, ok: true });
const failed = (check: string, reason: string): object => ({ check: `worker ${check}`, ok: false, reason });

describe('a process', () => {
  test('that begins lives, and is not ready', () => {
    const { workers } = of('a');
    expect(workers.live).toEqual([held('a')]);
    expect(workers.ready).toEqual([failed('a', 'starting')]);
  });

  test('whose worker restores lives, and is not ready', () => {
    const { workers } = of('a');
    workers.heard(report({ live: false }));
    expect(workers.live).toEqual([held('a')]);
    expect(workers.ready).toEqual([failed('a', 'restoring')]);
  });

  test.each([
    ['gets nowhere', { stalled: 'broker-unavailable' }, 'stalled', 'broker-unavailable'],
    [
      'gets nowhere, and has lost what it had',
      { live: false, stalled: 'request-timed-out' },
      'stalled',
      'request-timed-out',
    ],
    ['has a partition that waits', { parked: 'registry-unavailable' }, 'parked', 'registry-unavailable'],
  ])('whose worker %s lives, and is not ready: it says why', (_what, own, reason, code) => {
    const { workers } = of('a');
    workers.heard(report(own));
    expect(workers.live).toEqual([held('a')]);
    expect(workers.ready).toEqual([{ check: 'worker a', ok: false, reason, code }]);
  });

  test('whose worker owns nothing, as a spare of the group, is ready', () => {
    const { workers } = of('a');
    workers.heard(report({ tasks: 0 }));
    expect(workers.ready).toEqual([held('a')]);
  });

  test('is ready when all of its workers are', () => {
    const { workers } = of('a', 'b');
    workers.heard(report());
    expect(workers.ready).toEqual([held('a'), failed('b', 'starting')]);
    workers.heard(report({ slot: 'b' }));
    expect(workers.ready).toEqual([held('a'), held('b')]);
  });

  test('of which a worker ended does not live, whatever it said before', () => {
    const { workers } = of('a', 'b');
    workers.heard(report());
    workers.heard(report({ slot: 'b' }));
    workers.ended('b');
    expect(workers.live).toEqual([held('a'), failed('b', 'ended')]);
    expect(workers.ready).toEqual([held('a'), failed('b', 'ended')]);
  });

  test('of which a worker says nothing for half a minute does not live, until it says something', () => {
    const { workers, clock } = of('a');
    workers.heard(report());
    clock.moveTo(30_000);
    expect(workers.live).toEqual([held('a')]);
    clock.moveTo(30_001);
    expect(workers.live).toEqual([failed('a', 'silent')]);
    expect(workers.ready).toEqual([failed('a', 'silent')]);
    workers.heard(report());
    expect(workers.live).toEqual([held('a')]);
  });

  test('whose start waits for what is outside lives, however long that takes', () => {
    const { workers, clock } = of('a');
    clock.moveTo(3_600_000);
    expect(workers.live).toEqual([held('a')]);
    expect(workers.ready).toEqual([failed('a', 'starting')]);
  });

  test('that is told to end lives until it is done, and is not ready', () => {
    const { workers } = of('a', 'b');
    workers.heard(report());
    workers.heard(report({ slot: 'b' }));
    workers.stopping();
    workers.ended('b');
    expect(workers.live).toEqual([held('a'), held('b')]);
    expect(workers.ready).toEqual([
      { check: 'process', ok: false, reason: 'stopping' },
      held('a'),
      failed('b', 'ended'),
    ]);
  });

  test('hears of nobody it does not know', () => {
    const { workers } = of('a');
    workers.heard(report({ slot: 'x' }));
    workers.ended('x');
    expect(workers.reports).toEqual([]);
  });
});
