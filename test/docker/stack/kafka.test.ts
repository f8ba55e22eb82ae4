import { expect, test } from 'vitest';
import { describeCluster } from '../../../docker/stack/kafka/describe-cluster.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

const kafka = useServer(() => kafkaServer());

test('the shared broker answers and is alone in its cluster', async () => {
  const view = await describeCluster(Number(kafka().bootstrap.split(':')[1]));
  expect(view.brokers).toBe(1);
  expect(view.clusterId).toHaveLength(22);
});
