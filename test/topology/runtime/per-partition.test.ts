import { mergeMap } from 'rxjs';
import { afterEach, expect, test } from 'vitest';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { ManualClock, systemClock } from '../../../connectors/memory/clocks.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import type { KafkaRecord } from '../../../topology/model/record.ts';
import { instant, milliseconds, minutes, seconds } from '../../../topology/model/time.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';
import type {
  KafkaDriver,
  TransactionOptions,
  TransactionPort,
} from '../../../topology/ports/kafka-driver.ts';
import { Worker } from '../../../topology/runtime/worker.ts';
import { DEAD_LETTERS, Told } from './engine.ts';
import { violations } from './exactly-once.ts';
import { PerPartitionDriver } from './per-partition-driver.ts';
import {
  keyOf,
  length,
  lengths,
  lines,
  list,
  lists,
  sums,
  touchy,
  words,
  wordsOf,
} from './small-topologies.ts';

const PARTITIONS = 2;
const APPLICATION = 'app';
const notes: Topic<string> = topic('t.notes', touchy);

/** Two topics into one sub-topology, and by key into another. */
const both: Topology = topology('both')
  .source('lines', [lines, notes])
  .stage(
    'split',
    mergeMap(({ value }) => wordsOf(value)),
  )
  .repartition('by-key', words, keyOf, {
    ticks: {
      every: minutes(1),
      valueAt: (t) => `tick ${t}`,
      timeOf: (value) => (value.startsWith('tick ') ? instant(Number(value.slice(5))) : undefined),
    },
  })
  .fold('list', lists, list)
  .fold('length', lengths, length)
  .to('sums', sums);

/** What one transaction held, as far as it came. */
interface Held {
  readonly id: string;
  readonly outputs: string[];
  readonly offsets: string[];
}

/** Notes what is in which transaction; `before` happens before each commit. */
class Noting extends PerPartitionDriver {
  readonly committed: Held[] = [];
  readonly initialised: string[] = [];
  before: ((held: Held) => void | Promise<void>) | undefined;

  override transactions(options: TransactionOptions): TransactionPort {
    const inner = super.transactions(options);
    const { transactionalId: id } = options;
    let held: Held = { id, outputs: [], offsets: [] };
    return {
      init: () => {
        this.initialised.push(id);
        return inner.init();
      },
      begin: () => {
        held = { id, outputs: [], offsets: [] };
        inner.begin();
      },
      send: async (to, records) => {
        held.outputs.push(...records.map(({ value }) => `${to} ${text.decode(value ?? new Uint8Array())}`));
        return inner.send(to, records);
      },
      sendOffsets: async (offsets, generation) => {
        held.offsets.push(...[...offsets].map(([at, { offset }]) => `${at}@${offset}`));
        await inner.sendOffsets(offsets, generation);
      },
      commit: async () => {
        await this.before?.(held);
        await inner.commit();
        this.committed.push(held);
      },
      abort: () => inner.abort(),
      close: () => inner.close(),
    };
  }
}

const broker = (): MemoryBroker => {
  const made = new MemoryBroker();
  const names = [lines.name, notes.name, words.name, sums.name, DEAD_LETTERS];
  made.createTopics(names.map((name) => ({ name, partitions: PARTITIONS })));
  return made;
};

let running: { readonly worker: Worker; readonly ended: Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.map(({ worker }) => worker.stop()));
  await Promise.all(running.map(({ ended }) => ended));
  running = [];
});

function start(driver: KafkaDriver, told: Told, ticks = false, clock = new ManualClock(0)): Worker {
  const worker = new Worker({
    topology: both,
    driver,
    clock,
    application: APPLICATION,
    slot: 'a',
    deadLetters: DEAD_LETTERS,
    telemetry: told,
    ticks,
    limits: { pollWait: milliseconds(1) },
  });
  running.push({ worker, ended: worker.run() });
  return worker;
}

const produce = (to: MemoryBroker, name: string, partition: number, ...values: readonly string[]): void =>
  to.append(
    name,
    values.map((value) => ({ key: null, value: text.encode(value), timestamp: 1, partition })),
  );

async function until(what: () => boolean): Promise<void> {
  for (const end = Date.now() + seconds(20); !what(); await systemClock.sleep(milliseconds(2)))
    if (Date.now() > end) throw new Error('This never came.');
}

const read = (of: MemoryBroker, name: string): KafkaRecord[] =>
  Array.from(
    { length: PARTITIONS },
    (_, partition) =>
      of
        .log({ topic: name, partition })
        .read(0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, { committed: true }).records,
  ).flat();

const processed = (of: MemoryBroker, count: number) => (): boolean =>
  read(of, sums.name).filter(({ key }) => key !== null).length >= count;

test('what comes of one input partition, and its offset, is in the transactions of its id and in no other', async () => {
  const kafka = broker();
  const driver = new Noting(kafka);
  start(driver, new Told());
  produce(kafka, lines.name, 0, 'a:1 b:1', 'a:2');
  produce(kafka, lines.name, 1, 'c:3');
  produce(kafka, notes.name, 0, 'a:4');
  produce(kafka, notes.name, 1, 'b:5 c:5');
  await until(processed(kafka, 7));
  const of = (id: string): Held[] => driver.committed.filter((held) => held.id === id);
  const outputs = (id: string): string[] => of(id).flatMap((held) => held.outputs);
  expect(outputs('app-t.lines-0')).toEqual(['t.words a:1', 't.words b:1', 't.words a:2']);
  expect(outputs('app-t.lines-1')).toEqual(['t.words c:3']);
  expect(outputs('app-t.notes-0')).toEqual(['t.words a:4']);
  expect(outputs('app-t.notes-1')).toEqual(['t.words b:5', 't.words c:5']);
  for (const { id, offsets } of driver.committed) {
    for (const offset of offsets) expect(`app-${offset.replace('/', '-').split('@')[0]}`).toBe(id);
  }
  const ids = [lines, notes, words].flatMap(({ name }) => [0, 1].map((p) => `app-${name}-${p}`));
  expect([...new Set(driver.initialised)].sort()).toEqual(ids.sort());
});

test('a tick is in the transaction of the partition whose owner writes it', async () => {
  const kafka = broker();
  const driver = new Noting(kafka);
  start(driver, new Told(), true, new ManualClock(61_000));
  const ticked = (): Held[] => driver.committed.filter(({ outputs }) => outputs.length > 0);
  await until(() => ticked().length > 0);
  expect(ticked().map(({ id, outputs }) => [id, outputs])).toEqual([
    ['app-t.lines-0', ['t.words tick 60000', 't.words tick 60000']],
  ]);
});

test('of several transactions one that fails is read again, and those that stand are not', async () => {
  const kafka = broker();
  const driver = new Noting(kafka);
  const told = new Told();
  produce(kafka, lines.name, 0, 'a:1', 'b:1');
  produce(kafka, notes.name, 0, 'a:2', 'b:2');
  produce(kafka, notes.name, 1, 'c:2');
  let fenced = 0;
  driver.before = async ({ id: transactionalId }) => {
    if (transactionalId !== 'app-t.notes-0' || fenced++ >= 2) return;
    await new PerPartitionDriver(kafka).transactions({ transactionalId, timeout: seconds(5) }).init();
  };
  start(driver, told);
  await until(processed(kafka, 5));
  expect(told.of('aborted')).toEqual(['aborted fenced', 'aborted fenced']);
  const fed = ['a:1', 'b:1', 'a:2', 'b:2', 'c:2'];
  expect(violations({ fed, words: read(kafka, words.name), sums: read(kafka, sums.name) })).toEqual([]);
  // Each record counted once, also those whose transactions stood when another's did not.
  const counted = (): number =>
    told.of('committed').reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
  await until(() => counted() >= 10);
  expect(counted()).toBe(10);
});

test('a partition that another has worked on meanwhile is taken over anew, with the state that belongs to it', async () => {
  const kafka = broker();
  const driver = new Noting(kafka);
  const told = new Told();
  const word = (value: string): void =>
    kafka.append(words.name, [
      { key: text.encode('a'), value: text.encode(value), timestamp: 1, partition: 0 },
    ]);
  const worker = start(driver, told);
  await until(() => worker.live);
  word('a:1');
  await until(processed(kafka, 1));
  driver.before = async ({ id, outputs }) => {
    driver.before = undefined;
    expect([id, outputs]).toEqual(['app-t.words-0', ['t.sums 2=a:1,a:2']]);
    // One that slept through its session wakes up, and works on in the belief that the partition is its own.
    const zombie = new PerPartitionDriver(kafka).transactions({ transactionalId: id, timeout: seconds(5) });
    await zombie.init();
    zombie.begin();
    await zombie.send(sums.name, [{ key: text.encode('a'), value: text.encode('2=a:1,a:2'), timestamp: 1 }]);
    const generation = { groupId: APPLICATION, generation: -1, memberId: '' };
    await zombie.sendOffsets(new Map([['t.words/0', { offset: 2, metadata: '' }]]), generation);
    await zombie.commit();
  };
  word('a:2');
  await until(() => told.of('aborted').length > 0);
  word('a:3');
  await until(processed(kafka, 3));
  expect(told.of('aborted')).toEqual(['aborted fenced']);
  expect(told.of('restored')).toContain('restored 1_0 0+2');
  const fed = ['a:1', 'a:2', 'a:3'];
  expect(violations({ fed, words: read(kafka, words.name), sums: read(kafka, sums.name) })).toEqual([]);
});
