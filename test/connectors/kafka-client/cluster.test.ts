import { expect, test } from 'vitest';
import { Cluster, type ClusterRequests, type Told } from '../../../connectors/kafka-client/cluster.ts';
import { StreamsError } from '../../../topology/model/errors.ts';

const NODES = [1, 2, 3].map((nodeId) => ({ nodeId, host: 'h', port: nodeId }));
const ADDRESSES = NODES.map(({ port }) => `h:${port}`);

interface FakeWire {
  readonly address: string;
  close(): Promise<void>;
}

const told = (leaders: Readonly<Record<string, number>>): Told => ({
  brokers: NODES,
  topics: new Map(Object.entries(leaders).map(([name, leader]) => [name, { id: name, leaders: [leader] }])),
});

/** A cluster whose brokers answer as they are told to, and who was asked. */
function clusterOf(answers: Readonly<Record<string, () => Promise<Told>>>): {
  readonly cluster: Cluster<FakeWire>;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const requests: ClusterRequests<FakeWire> = {
    wire: (address) => ({ address, close: () => Promise.resolve() }),
    metadata: ({ address }) => {
      asked.push(address);
      return answers[address]?.() ?? Promise.reject(new StreamsError('broker-unavailable', address));
    },
    coordinator: () => Promise.reject(new StreamsError('broker-unavailable', 'none')),
  };
  const access = { clientId: 'c', bootstrap: ADDRESSES, requestTimeout: 60_000, connectTimeout: 60_000 };
  return { cluster: new Cluster(access, requests), asked };
}

const knowing = (leaders: Readonly<Record<string, number>>) => () => Promise.resolve(told(leaders));
const hanging = () => new Promise<Told>(() => {});

test('a topic that one broker does not know yet is asked of the next', async () => {
  const { cluster, asked } = clusterOf({
    'h:1': knowing({}),
    'h:2': knowing({ t: 3 }),
    'h:3': knowing({ t: 3 }),
  });
  expect(await cluster.topic('t')).toMatchObject({ leaders: [3] });
  expect(asked).toEqual(['h:1', 'h:2']);
});

test('a topic that none of them knows is not there; one who is away has no vote', async () => {
  const { cluster, asked } = clusterOf({ 'h:1': knowing({}), 'h:3': knowing({}) });
  await expect(cluster.topic('t')).rejects.toMatchObject({ code: 'configuration' });
  expect(asked).toEqual(ADDRESSES);
});

test('when all are away it is not said that there is no topic', async () => {
  const { cluster } = clusterOf({});
  await expect(cluster.topic('t')).rejects.toMatchObject({ code: 'broker-unavailable' });
});

test('one that hangs is waited for once, for two seconds, and comes last from then on', async () => {
  const { cluster, asked } = clusterOf({ 'h:1': hanging, 'h:2': knowing({ t: 2 }) });
  await cluster.topic('t');
  cluster.forget();
  await cluster.topic('t');
  expect(asked).toEqual(['h:1', 'h:2', 'h:2']);
});

test('who told of a leader that is none is asked behind the others, under whatever address', async () => {
  // Cut off from the others it takes itself for the leader, and waits for replicas that follow another.
  const mistaken = knowing({ t: 1 });
  const { cluster, asked } = clusterOf({ 'h:1': mistaken, 'h:2': mistaken, 'h:3': knowing({ t: 3 }) });
  const write = (): Promise<void> =>
    cluster.told(async () => {
      const [leader] = (await cluster.topic('t')).leaders;
      if (leader !== 3) throw new StreamsError('request-timed-out', 'As planned.');
    });
  await expect(write()).rejects.toMatchObject({ code: 'request-timed-out' });
  await expect(write()).rejects.toMatchObject({ code: 'request-timed-out' });
  await write();
  expect(asked).toEqual(ADDRESSES);
});
