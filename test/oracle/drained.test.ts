import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inMemoryCluster } from '../../app/cluster/in-memory-cluster.ts';
import { ManualClock } from '../../connectors/memory/clocks.ts';
import { stores } from '../../operators/stores.ts';
import { outgoing } from './screening-run.ts';
import { needs } from './shared-files.ts';
import { synthetic } from './synthetic.ts';

test('a drained cluster shows the state of everything fed: nothing comes after', async (context) => {
  needs(context, 'oracle/synthetic/seed7-small');
  const { records, rules } = synthetic('seed7-small');
  const cluster = await inMemoryCluster({
    rules: rules({}),
    clock: new ManualClock(0),
    partitions: 3,
    instances: 2,
  });
  cluster.start();
  const held = (): string[] =>
    [...cluster.state(stores.patients.name)]
      .map(([patient, state]) => `${patient} ${Buffer.from(state).toString('base64')}`)
      .toSorted();
  for (const record of records) {
    cluster.produce(record.topic, [outgoing(record)]);
    await cluster.drained();
    const shown = held();
    await setImmediate();
    expect(held()).toEqual(shown);
  }
  await cluster.stop();
});
