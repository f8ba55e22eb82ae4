import { afterEach, describe, expect, test } from 'vitest';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import type { Capabilities } from '../../../topology/ports/kafka-driver.ts';
import { silent, type Telemetry } from '../../../topology/ports/telemetry.ts';
import { type Worker as AnyWorker, Worker } from '../../../topology/runtime/worker.ts';
import { DEAD_LETTERS, Engine } from './engine.ts';
import { violations } from './exactly-once.ts';
import { lines, listing, sums, words } from './small-topologies.ts';

let engine: Engine | undefined;
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});

const workerOn = (driver: MemoryDriver, telemetry: Telemetry = silent, limits = {}): AnyWorker =>
  new Worker({
    topology: listing(),
    driver,
    clock: new ManualClock(0),
    application: 'app',
    slot: 'a',
    deadLetters: DEAD_LETTERS,
    telemetry,
    ticks: false,
    limits: { pollWait: milliseconds(1), ...limits },
  });

describe('work in flight', () => {
  test.each([
    [4, 10],
    [7, 7],
    [50, 20],
    [3, 1_000],
  ])(
    'polls of %i and %i uncommitted records: never more, with a backlog and a producer that does not wait',
    async (pollRecords, uncommittedRecords) => {
      const broker = new MemoryBroker();
      broker.createTopics(
        [lines.name, words.name, sums.name, 't.also', DEAD_LETTERS].map((name) => ({ name, partitions: 1 })),
      );
      let [inFlight, most, polled] = [0, 0, 0];
      const feed = (): void =>
        broker.append(
          lines.name,
          Array.from({ length: 5 }, () => ({ key: null, value: null, timestamp: 0 })),
        );
      for (let i = 0; i < 40; i++) feed();
      const telemetry: Telemetry = {
        ...silent,
        consumed: (_, records) => {
          inFlight += records;
          polled += records;
          most = Math.max(most, inFlight);
          if (polled < 400) feed();
        },
        committed: (records) => {
          inFlight -= records;
          expect(inFlight).toBe(0);
        },
      };
      const worker = workerOn(new MemoryDriver(broker), telemetry, { pollRecords, uncommittedRecords });
      const running = worker.run();
      const end = (): number => broker.log({ topic: lines.name, partition: 0 }).end;
      const at = [{ topic: lines.name, partition: 0 }];
      while ((broker.committedOf('app', at).get(`${lines.name}/0`)?.offset ?? 0) < end())
        await broker.changed(1);
      await worker.stop();
      await running;
      expect(polled).toBeGreaterThanOrEqual(400);
      expect(most).toBeLessThanOrEqual(uncommittedRecords);
      expect(most).toBeGreaterThan(Math.min(pollRecords, uncommittedRecords) / 2);
    },
  );
});

describe('a worker that cannot go on', () => {
  test('rejects its run, in the first try and in every later one, and stops without a word', async () => {
    engine = new Engine(listing(), { partitions: 1 });
    const broken = engine.start('a', {
      before: (call) => {
        if (call === 'poll') throw new RangeError('x');
      },
    });
    await expect(broken.run()).rejects.toThrow(RangeError);
    await expect(broken.run()).rejects.toThrow(RangeError);
    await expect(broken.stop()).resolves.toBeUndefined();
    engine.kill('a');
  });

  test('because a topic that it reads is not there says which', async () => {
    const worker = workerOn(new MemoryDriver(new MemoryBroker()));
    await expect(worker.run()).rejects.toThrow(/There is no topic t\.lines, t\.words/);
  });

  test.each<Partial<Capabilities>>([{ transactions: false }, { stableOffsets: false }])(
    'is not even made when the driver has not what exactly once needs: %j',
    (without) => {
      class Plain extends MemoryDriver {
        override readonly capabilities: Capabilities = {
          ...new MemoryDriver(new MemoryBroker()).capabilities,
          ...without,
        };
      }
      const made = (): AnyWorker => workerOn(new Plain(new MemoryBroker()));
      expect(made).toThrow(expect.objectContaining({ code: 'capability-missing' }));
    },
  );
});

describe('giving up partitions', () => {
  test('takes no longer than its limit when the broker does not answer, and a late answer changes nothing', async () => {
    const limits = {
      pollRecords: 1,
      commitInterval: seconds(60),
      transactionTimeout: seconds(70),
      sessionTimeout: seconds(80),
      revokeTimeout: seconds(2),
    };
    engine = new Engine(listing(), { partitions: 2, limits });
    const hangs = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    let commits = 0;
    const running = engine;
    const fed = Array.from({ length: 40 }, (_, i) => `${'abcd'[i % 4]}:${i}`);
    running.produce(lines.name, fed);
    running.start('a', {
      before: async (call) => {
        if (call !== 'commit' || commits++ > 0) return;
        hangs.resolve();
        await answer.promise;
      },
      after: (call) => {
        // In the middle of its backlog, so it has something to commit when it must give up.
        if (call === 'poll' && running.driver('a')?.polls === 6) running.start('b');
      },
    });
    await hangs.promise;
    engine.clock.moveTo(seconds(2) - 1);
    await engine.broker.changed(10);
    expect(engine.committed().size).toBe(0);
    engine.clock.moveTo(seconds(2));
    await engine.drained();
    answer.resolve();
    await engine.drained();
    expect(engine.told.of('aborted')).toEqual(['aborted revoke-timeout']);
    expect(violations({ fed, words: engine.records(words.name), sums: engine.records(sums.name) })).toEqual(
      [],
    );
  });

  test('in a rebalance commits what is processed: the other side has nothing to read again', async () => {
    const running = new Engine(listing(), {
      partitions: 2,
      limits: {
        pollRecords: 1,
        commitInterval: seconds(60),
        transactionTimeout: seconds(70),
        sessionTimeout: seconds(80),
      },
    });
    engine = running;
    const fed = Array.from({ length: 40 }, (_, i) => `${'abcd'[i % 4]}:${i}`);
    running.produce(lines.name, fed);
    running.start('a', {
      after: (call) => {
        if (call === 'poll' && running.driver('a')?.polls === 6) running.start('b');
      },
    });
    await running.drained();
    expect(running.told.of('aborted')).toEqual([]);
    const committed = running.told.of('committed').map((line) => Number(line.split(' ')[1]));
    expect(committed[0]).toBeLessThan(40);
    expect(committed.reduce((sum, records) => sum + records)).toBe(80);
    expect(violations({ fed, words: running.records(words.name), sums: running.records(sums.name) })).toEqual(
      [],
    );
  });

  test('a worker that crashes before it has joined leaves nobody behind in the group', async () => {
    engine = new Engine(listing(), { partitions: 1 });
    engine.start('a');
    engine.kill('a');
    engine.start('b');
    engine.produce(lines.name, ['a:1']);
    await engine.drained();
    expect(engine.texts(sums.name)).toEqual(['a -> 1=a:1']);
  });
});
