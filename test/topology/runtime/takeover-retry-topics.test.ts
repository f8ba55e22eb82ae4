import { mergeMap } from 'rxjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { ManualClock, systemClock } from '../../../connectors/memory/clocks.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { store } from '../../../topology/model/store.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';
import type { TopicPartition } from '../../../topology/ports/kafka-driver.ts';
import { Worker } from '../../../topology/runtime/worker.ts';
import { DEAD_LETTERS, Engine, Told } from './engine.ts';
import type { Faults } from './faulty-driver.ts';
import { PerPartitionDriver } from './per-partition-driver.ts';
import { keyOf, lines, list, listing, lists, sums, touchy, words, wordsOf } from './small-topologies.ts';

const others: Topic<string> = topic('t.others', touchy, { internal: true });
const FED = ['a:1 b:1 c:1 d:1 e:1 f:1', 'a:2 b:2 c:2 d:2 e:2 f:2'];
const LISTS = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => [key, `${key}:1,${key}:2`]));

/** One sub-topology with states of two topics. */
function two(version = 1): Topology {
  const split = topology('two')
    .source('lines', [lines])
    .stage(
      'split',
      mergeMap(({ value }) => wordsOf(value)),
    );
  const right = split
    .repartition('others', others, keyOf)
    .fold('list-others', store('others', touchy, version), list);
  return split
    .repartition('words', words, keyOf)
    .fold('list', lists, list)
    .merge('all', right)
    .to('sums', sums);
}

const clock = new ManualClock(0);
let engine: Engine | undefined;
let moving: NodeJS.Timeout;
let running: Worker[] = [];
beforeEach(() => {
  moving = setInterval(() => {
    for (const each of [clock, engine?.clock]) each?.moveTo(each.now() + 50);
  }, 2);
});
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
  await Promise.all(running.map((worker) => worker.stop()));
  running = [];
  clearInterval(moving);
});

async function until(what: () => boolean): Promise<void> {
  for (const end = Date.now() + seconds(20); !what(); await systemClock.sleep(milliseconds(2)))
    if (Date.now() > end) throw new Error('This never came.');
}

/** All is done under one topology, and what is told from here on is of the other one. */
async function successor(first: Topology, then: Topology): Promise<Engine> {
  const before = new Engine(first);
  engine = before;
  before.start('a');
  before.produce(lines.name, FED);
  await before.drained();
  await before.stop();
  engine = new Engine(then, {}, before.broker);
  return engine;
}

const restored = (told: Told): string[] => told.of('restored').map((line) => line.split(' ')[1] ?? '');
const is = (read: TopicPartition | undefined, name: string, partition: number): boolean =>
  read?.topic === name && read.partition === partition;

test('a task of two topics is restored from both again when one was away, and the others are not', async () => {
  const next = await successor(two(), two());
  let away = 0;
  const faults: Faults = {
    before: async (call, read) => {
      if (call !== 'read' || read?.partition !== 1 || away >= 3) return;
      await until(() => restored(next.told).length >= 2);
      if (!is(read, others.name, 1)) return systemClock.sleep(milliseconds(10));
      away++;
      throw new StreamsError('request-timed-out', 'As planned.');
    },
  };
  next.start('b', faults);
  await next.drained();
  expect(restored(next.told)).toEqual(['1_0', '1_0', '1_1', '1_1']);
  expect([next.state('lists'), next.state('others')]).toEqual([LISTS, LISTS]);
});

test('nor is it kept when it was restored from one of them: both are read again, into an empty state', async () => {
  // Under another topology no hash tells what is missing.
  const next = await successor(two(), two(2));
  let away = 0;
  const through = (): number => restored(next.told).filter((task) => task === '1_1').length;
  next.start('b', {
    before: async (call, read) => {
      if (call !== 'read' || !is(read, others.name, 1) || away >= 2) return;
      await until(() => through() > away && restored(next.told).includes('1_0'));
      away++;
      throw new StreamsError('request-timed-out', 'As planned.');
    },
  });
  await next.drained();
  // The words twice in vain, and then both; of the other task each topic once.
  expect(restored(next.told).toSorted()).toEqual(['1_0', '1_0', '1_1', '1_1', '1_1', '1_1']);
  expect([next.state('lists'), next.state('others')]).toEqual([LISTS, LISTS]);
});

test('that the log began too late for a state is told once', async () => {
  const recalling = topology('recalling')
    .source('lines', [lines])
    .stage(
      'split',
      mergeMap(({ value }) => wordsOf(value)),
    )
    .repartition('by-key', words, keyOf)
    .fold('list', lists, list, { recall: { from: sums, step: (_, value) => value } })
    .to('sums', sums);
  const next = await successor(recalling, recalling);
  next.broker.log({ topic: words.name, partition: 0 }).truncate(1);
  let away = 0;
  next.start('b', {
    before: async (call, read) => {
      if (call !== 'read' || !is(read, words.name, 1) || away >= 3) return;
      await until(() => restored(next.told).includes('1_0'));
      away++;
      throw new StreamsError('request-timed-out', 'As planned.');
    },
  });
  await next.drained();
  expect(next.told.of('degraded')).toEqual(['degraded 1_0 1']);
  expect(next.state('lists')).toEqual(LISTS);
});

test('where each partition is committed by itself, what is restored is kept too', async () => {
  const told = new Told();
  const broker = new MemoryBroker();
  const names = [lines.name, words.name, sums.name, 't.also', DEAD_LETTERS];
  broker.createTopics(names.map((name) => ({ name, partitions: 2 })));
  let away = 3;
  class Away extends PerPartitionDriver {
    override async read(...args: Parameters<PerPartitionDriver['read']>): Promise<number> {
      if (is(args[0], words.name, 1) && away < 3) {
        await until(() => restored(told).includes('1_0'));
        away++;
        throw new StreamsError('request-timed-out', 'As planned.');
      }
      return super.read(...args);
    }
  }
  const produce = (of: readonly string[]): void =>
    broker.append(
      lines.name,
      of.map((value) => ({ key: null, value: text.encode(value), timestamp: 1 })),
    );
  const states = (of: Worker): readonly string[] =>
    of.tasks.flatMap(({ stores }) =>
      [...(stores.get('lists')?.entries() ?? [])].map(([, v]) => text.decode(v)),
    );
  const start = (): Worker => {
    const limits = { pollWait: milliseconds(1) };
    const driver = new Away(broker);
    const names = { application: 'app', slot: 'a', deadLetters: DEAD_LETTERS };
    const worker = new Worker({
      topology: listing(),
      driver,
      clock,
      ...names,
      telemetry: told,
      ticks: false,
      limits,
    });
    void worker.run();
    running.push(worker);
    return worker;
  };
  const first = start();
  produce(FED);
  const wanted = Object.values(LISTS);
  await until(() => String(states(first).toSorted()) === String(wanted));
  await first.stop();
  told.lines.length = 0;
  away = 0;
  const next = start();
  await until(() => next.live);
  expect(restored(told)).toEqual(['1_0', '1_1']);
  expect(states(next).toSorted()).toEqual(wanted);
  produce(['a:3 b:3 c:3 d:3 e:3 f:3']);
  await until(() => String(states(next).toSorted()) === String(wanted.map((of) => `${of},${keyOf(of)}:3`)));
});
