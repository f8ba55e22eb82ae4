import { expect, test } from 'vitest';
import { type EndsOf, type ReportedSink, SinkMetrics } from '../../../app/metrics/sink-metrics.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import { seconds } from '../../../topology/model/time.ts';

const AT = { topic: 'clinical.alerts.sepsis', partition: 0 };
const idle: ReportedSink = {
  state: 'running',
  undelivered: { records: 0, oldest: undefined },
  partitions: [{ ...AT, next: 7 }],
};
const busy = (clock: ManualClock): ReportedSink => ({
  ...idle,
  undelivered: { records: 3, oldest: clock.now() - 5_000 },
});
const answers: EndsOf = () => Promise.resolve(new Map([[`${AT.topic}/0`, { written: 9, decided: 9 }]]));
const silent: EndsOf = () => Promise.reject(new Error('nobody answers'));

const of = (): { clock: ManualClock; metrics: SinkMetrics } => {
  const clock = new ManualClock(1_000_000);
  return { clock, metrics: new SinkMetrics('pagerduty', 'a', clock) };
};

test('what waits, for how long, and what lies uncommitted', async () => {
  const { clock, metrics } = of();
  await metrics.report(busy(clock), answers);
  const values = await Promise.all(
    ['undelivered_records', 'oldest_undelivered_seconds', 'lag_records'].map(async (name) => {
      const metric = await metrics.registry.getSingleMetric(`sepsis_sink_${name}`)?.get();
      return metric?.values.map(({ value, labels }) => [value, labels]);
    }),
  );
  const labels = { sink: 'pagerduty', slot: 'a' };
  expect(values).toEqual([[[3, labels]], [[5, labels]], [[2, labels]]]);
});

test('it is stalled when something fails for more than ten seconds, until it gets on', async () => {
  const { clock, metrics } = of();
  const stalled = async (worker: ReportedSink): Promise<string | undefined> =>
    (await metrics.report(worker, answers)).stalled;
  await metrics.report(busy(clock), answers);
  metrics.retried('pagerduty-unavailable');
  expect(await stalled(busy(clock))).toBeUndefined();
  clock.moveTo(clock.now() + seconds(11));
  expect(await stalled(busy(clock))).toBe('pagerduty-unavailable');
  metrics.counted('delivered', 'trigger');
  expect(await stalled(busy(clock))).toBeUndefined();
});

test('with nothing to do it is stalled while Kafka does not answer', async () => {
  const { clock, metrics } = of();
  await metrics.report(idle, answers);
  metrics.retried('broker-unavailable');
  clock.moveTo(clock.now() + seconds(11));
  expect((await metrics.report(idle, silent)).stalled).toBe('broker-unavailable');
  clock.moveTo(clock.now() + seconds(60));
  expect((await metrics.report(idle, silent)).stalled).toBe('broker-unavailable');
  clock.moveTo(clock.now() + seconds(6));
  expect((await metrics.report(idle, answers)).stalled).toBeUndefined();
});

test('who joins or waits for the group is not ready', async () => {
  const { metrics } = of();
  expect(await metrics.report({ ...idle, state: 'joining', partitions: [] }, answers)).toMatchObject({
    live: false,
    tasks: 0,
    parked: undefined,
  });
});
