import { AggregatorRegistry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { type ReportedWorker, WorkerMetrics } from '../../../app/metrics/worker-metrics.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import { type Family, readExposition, valueOf } from './exposition.ts';

const SECOND = 1_000;

const task = (id: string, ...reads: string[]): ReportedWorker['tasks'][number] => ({
  id,
  reads: (at) => reads.includes(at),
  stores: new Map(),
});

function metered(): {
  clock: ManualClock;
  metrics: WorkerMetrics;
  stalled: () => Promise<string | undefined>;
  parked: (worker?: Partial<ReportedWorker>) => Promise<string | undefined>;
  scrape: (worker?: Partial<ReportedWorker>) => Promise<ReadonlyMap<string, Family>>;
} {
  const clock = new ManualClock(1_000_000);
  const metrics = new WorkerMetrics('a', clock);
  const report = (own: Partial<ReportedWorker> = {}) => metrics.report({ live: true, tasks: [], ...own });
  return {
    clock,
    metrics,
    stalled: async () => (await report()).stalled,
    parked: async (own) => (await report(own)).parked,
    scrape: async (own) =>
      readExposition(await AggregatorRegistry.aggregate([(await report(own)).metrics]).metrics()),
  };
}

describe('a worker', () => {
  test('that tries again for more than ten seconds gets nowhere, until it commits', async () => {
    const { clock, metrics, stalled } = metered();
    for (let second = 0; second <= 10; second++) {
      metrics.telemetry.retrying('broker-unavailable');
      expect(await stalled()).toBeUndefined();
      clock.moveTo(clock.now() + SECOND);
    }
    metrics.telemetry.retrying('broker-unavailable');
    expect(await stalled()).toBe('broker-unavailable');
    metrics.telemetry.committed(1, 5);
    expect(await stalled()).toBeUndefined();
    // The next failure is a first one.
    metrics.telemetry.retrying('broker-unavailable');
    expect(await stalled()).toBeUndefined();
  });

  test('that has nothing to commit gets on when it no longer tries again', async () => {
    const { clock, metrics, stalled } = metered();
    const begin = clock.now();
    for (const after of [0, 11, 22, 33]) {
      clock.moveTo(begin + after * SECOND);
      metrics.telemetry.retrying('request-timed-out');
    }
    expect(await stalled()).toBe('request-timed-out');
    clock.moveTo(begin + 48 * SECOND);
    expect(await stalled()).toBe('request-timed-out');
    clock.moveTo(begin + 48 * SECOND + 1);
    expect(await stalled()).toBeUndefined();
  });

  test('that tries again now and then, and commits in between, gets on', async () => {
    const { clock, metrics, stalled } = metered();
    for (let second = 0; second < 60; second++) {
      clock.moveTo(clock.now() + SECOND);
      metrics.telemetry.retrying('broker-unavailable');
      metrics.telemetry.committed(1, 5);
      expect(await stalled()).toBeUndefined();
    }
  });

  test('that is told to stall gets nowhere until it is told to have recovered, and says with what', async () => {
    const { metrics, stalled, scrape } = metered();
    metrics.telemetry.stalled({ partition: undefined, since: 0, cause: 'commit' });
    expect(await stalled()).toBe('commit');
    // Told again, with what it fails with.
    metrics.telemetry.stalled({
      partition: undefined,
      since: 0,
      cause: 'commit',
      code: 'broker-unavailable',
    });
    expect(await stalled()).toBe('broker-unavailable');
    expect(valueOf(await scrape(), 'sepsis_worker_stalled', { slot: 'a' })).toBe(1);
    metrics.telemetry.recovered(undefined, 90_000);
    expect(await stalled()).toBeUndefined();
    expect(valueOf(await scrape(), 'sepsis_worker_stalled', { slot: 'a' })).toBe(0);
  });

  test('counts its stalled partitions by what they wait for, and forgets those of another worker', async () => {
    const { metrics, scrape } = metered();
    const tasks = [task('1_0', 't/0', 'u/0'), task('1_1', 't/1')];
    const partitions = async (of: ReportedWorker['tasks']): Promise<unknown[] | undefined> =>
      (await scrape({ tasks: of }))
        .get('sepsis_stalled_partitions')
        ?.samples.map(({ labels, value }) => [labels['cause'], value]);
    const waits = { since: 0, cause: 'open-transaction' } as const;
    metrics.telemetry.stalled({ partition: 't/0', ...waits });
    metrics.telemetry.stalled({ partition: 'u/0', ...waits });
    metrics.telemetry.stalled({ partition: 't/1', since: 0, cause: 'fetch', code: 'request-timed-out' });
    expect((await metrics.report({ live: true, tasks })).stalled).toBe('open-transaction');
    expect(await partitions(tasks)).toEqual([
      ['open-transaction', 2],
      ['fetch', 1],
    ]);
    metrics.telemetry.recovered('u/0', 70_000);
    expect(await partitions(tasks.slice(0, 1))).toEqual([['open-transaction', 1]]);
    expect(valueOf(await scrape({ tasks }), 'sepsis_worker_stalled', { slot: 'a' })).toBe(0);
    metrics.telemetry.recovered('t/0', 70_000);
    expect((await metrics.report({ live: true, tasks })).stalled).toBeUndefined();
  });

  test('says that it gets nowhere, as a gauge too', async () => {
    const { clock, metrics, scrape } = metered();
    expect(valueOf(await scrape(), 'sepsis_worker_stalled', { slot: 'a' })).toBe(0);
    metrics.telemetry.retrying('broker-unavailable');
    clock.moveTo(clock.now() + 11 * SECOND);
    metrics.telemetry.retrying('broker-unavailable');
    const families = await scrape();
    expect(valueOf(families, 'sepsis_worker_stalled', { slot: 'a' })).toBe(1);
    expect(valueOf(families, 'sepsis_retries_total', { code: 'broker-unavailable' })).toBe(2);
  });

  test('with a parked partition says what it waits for, until it goes on or is another worker’s', async () => {
    const { metrics, parked, scrape } = metered();
    const tasks = [task('1_0', 't/0'), task('1_1', 't/1')];
    metrics.telemetry.parked('t', 0, 'registry-unavailable');
    metrics.telemetry.parked('t', 1, 'registry-unavailable');
    expect(await parked({ tasks })).toBe('registry-unavailable');
    expect(valueOf(await scrape({ tasks }), 'sepsis_parked_partitions', { slot: 'a' })).toBe(2);
    metrics.telemetry.unparked('t', 0);
    expect(valueOf(await scrape({ tasks }), 'sepsis_parked_partitions', { slot: 'a' })).toBe(1);
    expect(await parked({ tasks: tasks.slice(0, 1) })).toBeUndefined();
  });

  test('says how much its restores have yet to replay, and forgets those that it gave up', async () => {
    const { metrics, scrape } = metered();
    const tasks = [task('1_0'), task('1_1')];
    const remaining = async (of: ReportedWorker['tasks']): Promise<number> =>
      valueOf(await scrape({ tasks: of }), 'sepsis_restore_remaining_records', { slot: 'a' });
    metrics.telemetry.restoring('1_0', 100);
    metrics.telemetry.restoring('1_1', 50);
    metrics.telemetry.restoring('1_0', 70);
    expect(await remaining(tasks)).toBe(120);
    metrics.telemetry.restored('1_0', 30, 70, 2_500);
    expect(await remaining(tasks)).toBe(50);
    expect(await remaining(tasks.slice(0, 1))).toBe(0);
    const families = await scrape({ tasks });
    expect(valueOf(families, 'sepsis_restore_latency_seconds_sum')).toBe(2.5);
    expect(valueOf(families, 'sepsis_restored_entries_total')).toBe(30);
    expect(valueOf(families, 'sepsis_restored_records_total')).toBe(70);
  });

  test('counts records that were let go of before they were read, and no others', async () => {
    const { metrics, scrape } = metered();
    metrics.telemetry.began('t', 0, 0, undefined);
    metrics.telemetry.began('t', 1, 500, undefined);
    metrics.telemetry.began('t', 2, 130, 100);
    // The log ended before what was committed: nothing was let go of.
    metrics.telemetry.began('t', 3, 0, 40);
    expect(valueOf(await scrape(), 'sepsis_lost_records_total', { topic: 't' })).toBe(30);
  });

  test('names errors by the codes of the table, and by nothing that they say', async () => {
    const { metrics, scrape } = metered();
    const { telemetry } = metrics;
    telemetry.aborted('commit-unknown');
    telemetry.aborted('not-assigned');
    telemetry.aborted('Patient/4711');
    telemetry.aborted('toString');
    telemetry.snapshotFailed('1_0', 'snapshot-store-unavailable');
    telemetry.snapshotFailed('1_0', 'refused');
    telemetry.snapshotFailed('1_0', 'TypeError');
    telemetry.degraded('1_0', 7);
    const families = await scrape();
    const aborted = families.get('sepsis_aborted_commits_total')?.samples;
    expect(aborted?.map(({ labels, value }) => [labels['reason'], value])).toEqual([
      ['commit-unknown', 1],
      ['not-assigned', 1],
      ['other', 2],
    ]);
    const failed = families.get('sepsis_snapshot_failures_total')?.samples;
    expect(failed?.map(({ labels, value }) => [labels['error'], value])).toEqual([
      ['snapshot-store-unavailable', 1],
      ['refused', 1],
      ['other', 1],
    ]);
    expect(valueOf(families, 'sepsis_degraded_restores_total')).toBe(1);
  });
});

test('what several workers count is added up, each gauge names its own', async () => {
  const clock = new ManualClock(0);
  const reports = await Promise.all(
    ['a', 'b'].map(async (slot, i) => {
      const metrics = new WorkerMetrics(slot, clock);
      metrics.telemetry.consumed('t', 10 + i);
      metrics.telemetry.ignored('s', 'code');
      metrics.telemetry.committed(1, 20 * (i + 1));
      return structuredClone(await metrics.report({ live: i === 0, tasks: [] }));
    }),
  );
  const page = await AggregatorRegistry.aggregate(reports.map(({ metrics }) => metrics)).metrics();
  const families = readExposition(page);
  expect(valueOf(families, 'sepsis_process_records_total', { topic: 't' })).toBe(21);
  expect(valueOf(families, 'sepsis_ignored_records_total', { step: 's', reason: 'code' })).toBe(2);
  expect(valueOf(families, 'sepsis_commit_latency_seconds_count')).toBe(2);
  expect(valueOf(families, 'sepsis_commit_latency_seconds_bucket', { le: '0.02' })).toBe(1);
  expect(valueOf(families, 'sepsis_commit_latency_seconds_sum')).toBeCloseTo(0.06);
  expect(valueOf(families, 'sepsis_worker_live', { slot: 'a' })).toBe(1);
  expect(valueOf(families, 'sepsis_worker_live', { slot: 'b' })).toBe(0);
});
