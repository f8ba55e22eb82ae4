import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { hours, instant } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { FreshTopology, type RunningWorker } from './fresh-topology.ts';

const kafka = useServer(() => kafkaServer());
const running: RunningWorker[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ worker }) => worker.stop()));
});

async function fresh(partitions: number): Promise<FreshTopology> {
  const topology = new FreshTopology(kafka().bootstrap);
  await topology.create(partitions);
  return topology;
}

function start(
  topology: FreshTopology,
  slot: string,
  more: Parameters<FreshTopology['start']>[1] = {},
): RunningWorker {
  const started = topology.start(slot, more);
  running.push(started);
  return started;
}

/** A worker has counted `a` of partition 0, and is gone. */
async function before(topology: FreshTopology): Promise<void> {
  const first = start(topology, 'first');
  await topology.say(0, 'a');
  await topology.has('a 1');
  await first.worker.stop();
  expect(await first.ended).toBeUndefined();
}

describe('the first start', () => {
  test('begins with the first records, also of a feed whose older ones are gone, and commits where', async () => {
    const topology = await fresh(2);
    await topology.say(0, 'gone', 'a');
    await topology.driver.admin().deleteRecords({ topic: topology.names.in, partition: 0 }, 1);
    const { told } = start(topology, 'first');
    await topology.has('a 1');
    expect(told.began.toSorted()).toEqual([
      'by-key/0 at 0, not undefined',
      'by-key/1 at 0, not undefined',
      'in/0 at 1, not undefined',
      'in/1 at 0, not undefined',
    ]);
    // Nothing was ever in it, and it is known from now on where it began.
    while ((await topology.committed({ topic: topology.names.in, partition: 1 })) !== 0);
    await topology.say(1, 'a');
    await topology.has('a 1', 'a 2');
  });

  test('under another name, when outputs are there already, is refused', async () => {
    const topology = await fresh(1);
    await before(topology);
    const other = start(topology, 'other', { application: `${topology.application}-2` });
    expect(await other.ended).toMatchObject({ code: 'offsets-missing' });
    const again = start(topology, 'again', {
      application: `${topology.application}-2`,
      lostInput: 'earliest',
    });
    await topology.has('a 1', 'a 1', 'a 2');
    expect(again.told.began).toHaveLength(2);
  });
});

describe('input that was deleted before it was read', () => {
  test('is an error that names partition, offsets and mend; `earliest` goes on with what is left, and says what is skipped', async () => {
    const topology = await fresh(1);
    await before(topology);
    await topology.say(0, 'lost', 'lost', 'b');
    const at = { topic: topology.names.in, partition: 0 };
    await topology.driver.admin().deleteRecords(at, 3);
    const refused = await start(topology, 'refused').ended;
    expect(refused).toMatchObject({ code: 'input-lost' });
    expect(String(refused)).toContain(`${topology.names.in}/0, committed up to 1 and beginning at 3`);
    expect(String(refused)).toContain('--from earliest');
    const { told } = start(topology, 'goes-on', { lostInput: 'earliest' });
    await topology.has('a 1', 'b 1');
    expect(told.began).toEqual(['in/0 at 3, not 1']);
    expect(await topology.counted()).toEqual(['a 1', 'b 1']);
  });

  /** Of a partition that nothing was committed of the first record is gone. */
  async function passedOver(): Promise<FreshTopology> {
    const topology = await fresh(1);
    await before(topology);
    await addPartitions(topology.names.in, 2);
    await topology.renewed().say(1, 'lost', 'b');
    await topology.driver.admin().deleteRecords({ topic: topology.names.in, partition: 1 }, 1);
    return topology;
  }

  test('is one too in a partition that nothing was committed of, when the group has long been there', async () => {
    const topology = await passedOver();
    const later: Clock = {
      now: () => instant(systemClock.now() + hours(2)),
      sleep: (duration, signal) => systemClock.sleep(duration, signal),
    };
    const refused = await start(topology, 'refused', { clock: later }).ended;
    expect(String(refused)).toContain(`${topology.names.in}/1, of which nothing was committed`);
  });

  test('is none while the group begins: its instances come one after the other, and old records were gone before', async () => {
    const topology = await passedOver();
    const { told } = start(topology, 'goes-on');
    await topology.has('a 1', 'b 1');
    expect(told.began).toEqual(['in/1 at 1, not undefined']);
  });
});

describe('a log that ends before what was read of it, because brokers lost what they had acknowledged', () => {
  test('is an error; `earliest` reads a source from its beginning', async () => {
    const topology = await fresh(1);
    await before(topology);
    await topology.commit(topology.names.in, 5);
    const refused = await start(topology, 'refused').ended;
    expect(refused).toMatchObject({ code: 'log-ends-early' });
    expect(String(refused)).toContain(`${topology.names.in}/0, committed up to 5 and ending at 1`);
    const { told } = start(topology, 'earliest', { lostInput: 'earliest' });
    await topology.has('a 1', 'a 2');
    expect(told.began).toEqual(['in/0 at 0, not 5']);
  });

  test('is an error where states are kept of it, whatever is asked for', async () => {
    const topology = await fresh(1);
    await before(topology);
    await topology.commit(topology.names.byKey, 50);
    for (const lostInput of ['refuse', 'earliest'] as const)
      expect(await start(topology, lostInput, { lostInput }).ended).toMatchObject({ code: 'log-ends-early' });
  });
});

describe('a topic that is made anew', () => {
  test('takes its committed offsets with it: it is read from its first record, and that is said', async () => {
    const topology = await fresh(1);
    await before(topology);
    await recreate(topology.names.in);
    await topology.renewed().say(0, 'b');
    const { told } = start(topology, 'next');
    await topology.has('a 1', 'b 1');
    expect(told.began).toEqual(['in/0 at 0, not undefined']);
  });
});

const TOPICS = 'org.apache.kafka.tools.TopicCommand';

async function addPartitions(topic: string, count: number): Promise<void> {
  const { bootstrap, tool } = kafka();
  const args = ['--bootstrap-server', bootstrap, '--alter', '--topic', topic, '--partitions', String(count)];
  expect((await tool(TOPICS, args)).code).toBe(0);
}

async function recreate(topic: string): Promise<void> {
  const { bootstrap, tool } = kafka();
  const on = ['--bootstrap-server', bootstrap, '--topic', topic];
  expect((await tool(TOPICS, [...on, '--delete'])).code).toBe(0);
  expect((await tool(TOPICS, [...on, '--create', '--partitions', '1'])).code).toBe(0);
}
