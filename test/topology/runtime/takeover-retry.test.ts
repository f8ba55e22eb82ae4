import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import { text } from '../../../topology/model/codec.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { OffsetCommits } from '../../../topology/ports/kafka-driver.ts';
import type { SnapshotKey } from '../../../topology/ports/snapshot-store.ts';
import { Task } from '../../../topology/runtime/task.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { violations } from './exactly-once.ts';
import type { Faults } from './faulty-driver.ts';
import { PerPartitionDriver } from './per-partition-driver.ts';
import { keyOf, lines, listing, sums, words, wordsOf } from './small-topologies.ts';

const PARTITIONS = 4;
const FIRST = ['a:1 b:1 c:1 d:1 e:1 f:1 g:1 h:1', 'a:2 b:2 c:2', 'd:2 e:2 f:2'];
const MORE = ['a:3 b:3 c:3 d:3', 'e:3 f:3 g:3 h:3'];
const EACH = [0, 1, 2, 3].map((partition) => `1_${partition}`);

let engine: Engine;
let moving: NodeJS.Timeout;
// A pause behind a failure ends when its time has come.
beforeEach(() => {
  moving = setInterval(() => engine.clock.moveTo(engine.clock.now() + 50), 2);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await engine.stop();
  clearInterval(moving);
});

/** A worker has done the first lines and is gone; what is told from here on is of its successor. */
async function done(options: EngineOptions = {}): Promise<void> {
  engine = new Engine(listing(), { partitions: PARTITIONS, ...options });
  engine.start('a');
  engine.produce(lines.name, FIRST);
  await engine.drained();
  await engine.stop();
  engine.told.lines.length = 0;
}

const wait = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1));
const restored = (): string[] => engine.told.of('restored').map((line) => line.split(' ')[1] ?? '');

async function until(what: () => boolean): Promise<void> {
  for (const end = Date.now() + seconds(20); !what(); await wait())
    if (Date.now() > end) throw new Error('This never came.');
}

/** The log of the words' last partition is not to be had so many times; `then` happens at each of them. */
function away(times: number, then: (time: number) => Promise<void> = async () => {}): Faults {
  let time = 0;
  return {
    before: async (call, read) => {
      if (call !== 'read' || read?.partition !== PARTITIONS - 1 || time >= times) return;
      // By then the others are through.
      await until(() => restored().length >= PARTITIONS - 1);
      await then(++time);
      throw new StreamsError('request-timed-out', 'As planned.');
    },
  };
}

/** What is not exactly once, when `fed` came beside the first and more lines. */
async function found(...fed: readonly string[]): Promise<string[]> {
  engine.produce(lines.name, MORE);
  await engine.drained();
  return violations({
    fed: [...FIRST.flatMap(wordsOf), ...MORE.flatMap(wordsOf), ...fed],
    words: engine.records(words.name),
    sums: engine.records(sums.name),
  });
}

/** Commits under the transactional id of the worker, and so fences it. */
async function elsewhere(offsets: OffsetCommits, outputs: readonly string[] = []): Promise<void> {
  const driver = new PerPartitionDriver(engine.broker);
  const one = driver.transactions({ transactionalId: 'app-a', timeout: seconds(5) });
  await one.init();
  one.begin();
  const records = outputs.map((value) => ({
    key: text.encode(keyOf(value.split(',').at(-1) ?? '')),
    value: text.encode(value),
    timestamp: 1,
  }));
  await one.send(sums.name, records);
  await one.sendOffsets(offsets, { groupId: 'app', generation: -1, memberId: '' });
  await one.commit();
}

const AT = `${words.name}/0`;
const committedAt0 = () => engine.committed().get(AT) ?? { offset: 0, metadata: '' };
/** A key whose words are in the first partition, and how many they are. */
function keyAt0(): { readonly key: string; readonly of: readonly string[] } {
  const all = engine.records(words.name).filter(({ partition }) => partition === 0);
  const values = all.map(({ value }) => text.decode(value ?? new Uint8Array()));
  const key = keyOf(values[0] ?? '');
  return { key, of: values.filter((value) => keyOf(value) === key) };
}

test('what is restored stays so while the log of another partition is away, and what comes of it is right', async () => {
  const store = new MemorySnapshotStore();
  const epochs: string[] = [];
  await done({ snapshots: store });
  const next = store.nextEpoch.bind(store);
  vi.spyOn(store, 'nextEpoch').mockImplementation((key: SnapshotKey) => {
    epochs.push(key.task);
    return next(key);
  });
  // The log is read of what no snapshot holds.
  for (const task of EACH) await store.drop({ application: 'app', task });
  engine.start('a', away(3));
  expect(await found()).toEqual([]);
  expect(restored().toSorted()).toEqual(EACH);
  expect(epochs.toSorted()).toEqual(EACH);
});

test('what is not restored is closed at each try, and nothing of it is left', async () => {
  await done();
  const close = vi.spyOn(Task.prototype, 'close');
  const worker = engine.start('a', away(3));
  await until(() => worker.live);
  const closed = close.mock.contexts.map((task) => (task as Task).id);
  const once = ['0_0', '0_1', '0_2', '0_3', '1_3'];
  expect(closed.toSorted()).toEqual([...once, ...once, ...once].toSorted());
  expect(worker.tasks.map(({ id }) => id).toSorted()).toEqual(['0_0', '0_1', '0_2', '0_3', ...EACH]);
});

test('what is under way when the log of another partition is away goes on, and what is behind it begins', async () => {
  await done();
  const reads: number[] = [];
  let gone = false;
  engine.start('a', {
    before: async (call, read) => {
      if (call !== 'read' || read?.topic !== words.name) return;
      reads.push(read.partition);
      if (gone) return;
      if (read.partition !== 0) return until(() => gone);
      gone = true;
      throw new StreamsError('broker-unavailable', 'As planned.');
    },
  });
  expect(await found()).toEqual([]);
  expect(reads).toEqual([0, 1, 2, 3, 0]);
});

test('a task is restored again when its committed offset moved between two tries, and no other is', async () => {
  await done();
  const { key, of } = keyAt0();
  const word = `${key}:9`;
  engine.start(
    'a',
    away(2, async (time) => {
      if (time > 1) return;
      const value = text.encode(word);
      engine.broker.append(words.name, [{ key: text.encode(key), value, timestamp: 1, partition: 0 }]);
      const { end } = engine.broker.log({ topic: words.name, partition: 0 });
      const output = `${of.length + 1}=${[...of, word].join(',')}`;
      await elsewhere(new Map([[AT, { offset: end, metadata: '' }]]), [output]);
    }),
  );
  expect(await found(word)).toEqual([]);
  expect(restored().toSorted()).toEqual(['1_0', ...EACH]);
});

test('what was live is restored as a whole, also where the committed offset is the one of before again', async () => {
  await done();
  const [before, { key, of }] = [committedAt0(), keyAt0()];
  const worker = engine.start('a', away(2));
  await until(() => worker.live);
  expect(restored().toSorted()).toEqual(EACH);
  const word = `${key}:9`;
  const list = (): string => [...of, word].join(',');
  engine.produce(lines.name, [word]);
  await until(() => engine.state('lists')[key] === list() && engine.lag() === 0);
  await elsewhere(new Map([[AT, before]]));
  // The next commit fails, and that of before is found.
  engine.produce(lines.name, MORE);
  await until(() => restored().length > PARTITIONS);
  await engine.drained();
  expect(restored().toSorted()).toEqual([...EACH, ...EACH].toSorted());
  const after = MORE.flatMap(wordsOf).filter((one) => keyOf(one) === key);
  expect(engine.state('lists')[key]).toBe([list(), ...after].join(','));
});
