import { expect, test } from 'vitest';
import { SinkMetrics } from '../../../app/metrics/sink-metrics.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { direct } from '../../../connectors/memory/link.ts';
import type { SinkWorker } from '../../../connectors/sink/sink-worker.ts';
import { text } from '../../../topology/model/codec.ts';
import { minutes } from '../../../topology/model/time.ts';
import { INPUT, SinkRig } from '../../connectors/sink/sink-rig.ts';

/** A worker of a sink, and how it is with it now. */
function watched(rig: SinkRig, worker: SinkWorker<string>, driver: MemoryDriver) {
  const metrics = new SinkMetrics('pagerduty', 'a', rig.clock);
  return async (): Promise<{ stalled: string | undefined; lag: number | undefined }> => {
    const { stalled } = await metrics.report(worker, (at) => driver.admin().ends(at));
    const lag = await metrics.registry.getSingleMetric('sepsis_sink_lag_records')?.get();
    return { stalled, lag: lag?.values[0]?.value };
  };
}

const begun = async () => {
  const rig = new SinkRig();
  let held: Promise<void> | undefined;
  const { worker } = rig.start({ send: () => held ?? Promise.resolve() });
  const driver = new MemoryDriver(rig.broker, { link: direct, clock: rig.clock });
  rig.append('a=1');
  await rig.until(() => rig.committed()?.offset === 1);
  const hold = (): void => {
    held = new Promise(() => {});
  };
  return { rig, driver, hold, now: watched(rig, worker, driver) };
};

test('a transaction that nobody ends holds up the alerts behind it: the sink is not ready, and says why', async () => {
  const { rig, driver, now } = await begun();
  expect(await now()).toEqual({ stalled: undefined, lag: 0 });
  const other = driver.transactions({ transactionalId: 'other', timeout: minutes(10) });
  await other.init();
  other.begin();
  await other.send(INPUT, [{ key: text.encode('a'), value: text.encode('2'), timestamp: 0 }]);
  rig.append('b=3');
  await rig.pass(30_000);
  expect(await now()).toEqual({ stalled: undefined, lag: 2 });
  await rig.pass(55_000);
  expect(await now()).toEqual({ stalled: 'open-transaction', lag: 2 });
  await other.abort();
  await rig.until(() => (rig.committed()?.offset ?? 0) >= 4);
  await rig.pass(5_000);
  expect(await now()).toEqual({ stalled: undefined, lag: 0 });
});

test('an alert that the other side lets wait is no stall: what it waits for is told when it fails', async () => {
  const { rig, hold, now } = await begun();
  await now();
  hold();
  rig.append('a=2');
  await rig.pass(100_000);
  expect(await now()).toEqual({ stalled: undefined, lag: 1 });
});
