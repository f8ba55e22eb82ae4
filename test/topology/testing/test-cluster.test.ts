import { expect, test } from 'vitest';
import { text } from '../../../topology/model/codec.ts';
import { instant } from '../../../topology/model/time.ts';
import { TestCluster, turn } from '../../../topology/testing/test-cluster.ts';
import { lines, listing } from '../runtime/small-topologies.ts';

test('a member that joins in the middle of a transaction finds it open, and it is committed by the old generation', async () => {
  const cluster = new TestCluster({
    topology: listing(),
    partitions: 4,
    guarantee: 'exactly-once',
    snapshots: false,
    limits: {},
    now: () => instant(0),
  });
  cluster.start(0);
  await cluster.settle();
  const group = cluster.broker.state.group('topology-test');
  const generation = group.generation;
  cluster.broker.append(lines.name, [{ key: null, value: text.encode('a:1 b:1'), timestamp: 0 }]);

  const seen: string[] = [];
  const look = (at: string): number =>
    seen.push(`${at}: ${group.state}, ${group.generation - generation} later`);
  cluster.script.add({
    name: 'join',
    request: 'txn-offset-commit',
    meanwhile: async () => {
      look('before');
      cluster.start(1);
      await turn();
      look('offsets');
    },
  });
  cluster.script.add({ name: 'look', request: 'end-txn', meanwhile: () => void look('commit') });
  await cluster.settle();
  look('after');

  expect(seen).toEqual([
    'before: stable, 0 later',
    'offsets: preparing-rebalance, 0 later',
    'commit: preparing-rebalance, 0 later',
    'after: stable, 1 later',
  ]);
  expect(cluster.observations.aborted()).toEqual([]);
  expect(cluster.lag()).toBe(0);
  expect(cluster.running).toEqual([0, 1]);
  await cluster.close();
  expect(cluster.running).toEqual([]);
});
