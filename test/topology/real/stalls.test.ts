import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { text } from '../../../topology/model/codec.ts';
import { milliseconds, minutes } from '../../../topology/model/time.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { FreshTopology, type RunningWorker, type Told } from './fresh-topology.ts';

/** Its own: it is paused, and what is open in it may stay open for long. */
const kafka = useServer(() => kafkaServer({ own: true }));
const AFTER = milliseconds(1_000);
const running: RunningWorker[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ worker }) => worker.stop()));
});

/** A worker that has counted something, on one partition. */
async function counting(): Promise<readonly [FreshTopology, Told]> {
  const topology = new FreshTopology(kafka().bootstrap);
  await topology.create(1);
  const started = topology.start('slot', {}, AFTER);
  running.push(started);
  await topology.say(0, 'a');
  await topology.has('a 1');
  return [topology, started.told];
}

const until = async (there: () => boolean): Promise<void> => {
  while (!there()) await systemClock.sleep(milliseconds(20));
};

describe('a worker that stands still although there is something to do', () => {
  test('because a transaction is open in its input says so, with its producer, and recovers when that is decided', async () => {
    const [topology, told] = await counting();
    const others = topology.driver.transactions({
      transactionalId: `${topology.application}-other`,
      timeout: minutes(10),
    });
    await others.init();
    others.begin();
    const timestamp = systemClock.now();
    await others.send(topology.names.in, [{ key: null, value: text.encode('open'), timestamp }]);
    await topology.say(0, 'b');
    const partition = `${topology.names.in}/0`;
    await until(() => told.stalls.some((stall) => stall.partition === partition));
    const [stall] = told.stalls.filter((one) => one.partition === partition);
    expect(stall).toMatchObject({
      cause: 'open-transaction',
      behind: 2,
      transaction: { from: 1, producerId: expect.stringMatching(/^\d+$/) },
    });
    expect(stall?.transaction?.silentMs).toBeGreaterThanOrEqual(0);
    await others.commit();
    await topology.has('a 1', 'b 1', 'open 1');
    await until(() => told.recovered.includes(partition));
    // Once, however often it was seen. A machine that is slow with what was held up may be another cause behind it; no cause is
    // said twice in a row.
    const causes = told.stalls.filter((one) => one.partition === partition).map(({ cause }) => cause);
    expect(causes.indexOf('open-transaction')).toBe(0);
    expect(causes.lastIndexOf('open-transaction')).toBe(0);
    expect(causes.filter((cause, i) => cause === causes[i - 1])).toEqual([]);
  });

  test('because no broker answers says so, and names one; then it recovers', async () => {
    const [topology, told] = await counting();
    kafka().pause();
    try {
      await until(() => told.stalls.some(({ broker }) => broker !== undefined));
    } finally {
      kafka().resume();
    }
    const named = told.stalls.find(({ broker }) => broker !== undefined);
    expect(named).toMatchObject({ partition: undefined, broker: kafka().bootstrap });
    expect(named?.code).toMatch(/^(request-timed-out|broker-unavailable)$/);
    await topology.say(0, 'b');
    await topology.has('a 1', 'b 1');
    await until(() => told.recovered.length > 0);
    expect(told.recovered[0]).toBeUndefined();
  });

  test('while one that has nothing to do says nothing', async () => {
    const [topology, told] = await counting();
    const since = systemClock.now();
    // Several of its looks later.
    await until(() => systemClock.now() - since > 3 * AFTER);
    await topology.say(0, 'b');
    await topology.has('a 1', 'b 1');
    expect(told.stalls.filter(({ partition }) => partition !== undefined)).toEqual([]);
  });
});
