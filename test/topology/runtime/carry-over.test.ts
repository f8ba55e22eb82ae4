import { afterEach, describe, expect, test } from 'vitest';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { text } from '../../../topology/model/codec.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { TransactionPort } from '../../../topology/ports/kafka-driver.ts';
import { Engine } from './engine.ts';
import { violations } from './exactly-once.ts';
import type { Faults } from './faulty-driver.ts';
import { keyOf, lines, listing, lists, sums, words, wordsOf } from './small-topologies.ts';

let engine: Engine;
afterEach(() => engine.stop());

/** Records of each commit: lines, and words that were taken on. */
const commits = (): number[] =>
  engine.told
    .of('committed')
    .map((line) => Number(line.split(' ')[1]))
    .filter((records) => records > 0);

const found = (...values: readonly string[]): string[] =>
  violations({
    fed: values.flatMap(wordsOf),
    words: engine.records(words.name),
    sums: engine.records(sums.name),
  });

/** Does something once before the first send of the words of a line. */
function beforeWords(work: () => void | Promise<void>): Faults {
  let done = false;
  return {
    before: (call) => {
      if (call !== 'send' || done) return undefined;
      done = true;
      return work();
    },
  };
}

/** A worker of one partition that has begun to work. */
async function started(faults: () => Faults = () => ({})): Promise<void> {
  engine = new Engine(listing(), { partitions: 1 });
  engine.start('a');
  engine.produce(lines.name, ['a:0']);
  await engine.drained();
  await engine.stop();
  engine.told.lines.length = 0;
  engine.start('a', faults());
  await engine.drained();
}

/** A word as another instance of the application writes it. */
const foreign = (value: string) => ({
  key: text.encode(keyOf(value)),
  value: text.encode(value),
  timestamp: 7,
});

/** Another instance of the application, in the middle of a transaction. */
async function opened(value: string): Promise<TransactionPort> {
  const other = new MemoryDriver(engine.broker).transactions({
    transactionalId: 'app-b',
    timeout: seconds(5),
  });
  await other.init();
  other.begin();
  await other.send(words.name, [foreign(value)]);
  return other;
}

describe('what a worker writes into a partition that it reads itself', () => {
  test('is processed in the transaction that wrote it', async () => {
    await started();
    engine.produce(lines.name, ['a:1 b:1', 'a:2']);
    await engine.drained();
    // Two lines and three words.
    expect(commits()).toEqual([5]);
    expect(found('a:0', 'a:1 b:1', 'a:2')).toEqual([]);
  });

  test('is so time and again: the control record of the last transaction is stepped over', async () => {
    await started();
    for (const value of ['a:1', 'a:2', 'a:3', 'a:4']) {
      engine.produce(lines.name, [value]);
      await engine.drained();
    }
    expect(commits()).toEqual([2, 2, 2, 2]);
    expect(found('a:0', 'a:1', 'a:2', 'a:3', 'a:4')).toEqual([]);
  });

  test('is so when the control record comes only now', async () => {
    const late: (() => void)[] = [];
    const markers = (write: () => void): void => void late.push(write);
    const release = (): void => {
      for (const write of late.splice(0)) write();
    };
    engine = new Engine(listing(), { partitions: 1 }, new MemoryBroker({ clock: systemClock, markers }));
    engine.start('a', { before: (call) => (call === 'send' ? release() : undefined) });
    for (const [i, value] of ['a:1', 'a:2', 'a:3'].entries()) {
      engine.produce(lines.name, [value]);
      while (commits().length <= i) await engine.broker.changed(1);
    }
    expect(commits()).toEqual([2, 2, 2]);
    release();
    await engine.stop();
    release();
    expect(found('a:1', 'a:2', 'a:3')).toEqual([]);
  });

  test('waits for what another wrote before it', async () => {
    await started(() => beforeWords(() => engine.broker.append(words.name, [foreign('a:other')])));
    engine.produce(lines.name, ['a:1']);
    await engine.drained();
    // The line; and from the log both words.
    expect(commits()).toEqual([1, 2]);
    expect(found('a:0', 'a:other', 'a:1')).toEqual([]);
    expect(engine.state('lists')).toEqual({ a: 'a:0,a:other,a:1' });
  });

  test.each(['commit', 'abort'] as const)(
    'waits for the transaction of another that is open before it: %s',
    async (end) => {
      let other: TransactionPort | undefined;
      await started(() =>
        beforeWords(async () => {
          other = await opened('a:other');
        }),
      );
      engine.produce(lines.name, ['a:1']);
      while (commits().length === 0) await engine.broker.changed(1);
      expect(engine.state('lists')).toEqual({ a: 'a:0' });
      await other?.[end]();
      await engine.drained();
      expect(commits()).toEqual([1, end === 'commit' ? 2 : 1]);
      const fed = end === 'commit' ? ['a:other', 'a:1'] : ['a:1'];
      expect(found('a:0', ...fed)).toEqual([]);
      expect(engine.state('lists')).toEqual({ a: ['a:0', ...fed].join(',') });
    },
  );

  test('does not wait for what another writes behind it', async () => {
    let sends = 0;
    await started(() => ({
      after: (call) => {
        if (call === 'send' && ++sends === 1) engine.broker.append(words.name, [foreign('a:other')]);
      },
    }));
    engine.produce(lines.name, ['a:1']);
    await engine.drained();
    expect(commits().slice(0, 2)).toEqual([2, 1]);
    expect(found('a:0', 'a:1', 'a:other')).toEqual([]);
  });

  test('bears the time that the broker gave it', async () => {
    const seen: number[] = [];
    engine = new Engine(
      listing({
        list: (state, { value, timestamp }) => {
          seen.push(timestamp);
          return [`${state ?? ''}${value}`, []];
        },
      }),
      { partitions: 1 },
    );
    engine.clock.moveTo(70_000);
    engine.start('a', { appendTime: 99_000 });
    engine.produce(lines.name, ['a:1']);
    await engine.drained();
    expect(seen).toEqual([99_000]);
  });

  // A broker that has a batch already tells the greatest time of its records, also where the records bear their own.
  test('and is fetched where it was sent again: which time it bears is known only then', async () => {
    const topology = listing({
      list: (state, { value, timestamp }) => [`${state ?? ''}${value}@${timestamp} `, []],
    });
    engine = new Engine(topology, { partitions: 1 });
    engine.clock.moveTo(70_000);
    engine.start('a', { appendTime: 70_003, resent: true });
    engine.produce(lines.name, ['a:1']);
    await engine.drained();
    expect(engine.state(lists.name)).toEqual({ a: 'a:1@70000 ' });
    engine.kill('a');
    engine.start('b');
    await engine.drained();
    expect(engine.state(lists.name)).toEqual({ a: 'a:1@70000 ' });
  });
});

describe('what is committed with the transaction that wrote it', () => {
  test('may be read only later: who takes over waits for it, and has it in its state', async () => {
    const late: (() => void)[] = [];
    let holding = false;
    const markers = (write: () => void): void => void (holding ? late.push(write) : write());
    engine = new Engine(listing(), { partitions: 1 }, new MemoryBroker({ clock: systemClock, markers }));
    engine.start('a');
    engine.produce(lines.name, ['a:0']);
    await engine.drained();
    holding = true;
    engine.produce(lines.name, ['a:1']);
    while (late.length === 0) await engine.broker.changed(1);
    engine.kill('a');
    // Of the offsets the end is written, and of the words not yet: `lag` looks at the first alone.
    const [wordsMarker] = late.splice(0, 1);
    for (const write of late.splice(0)) write();
    holding = false;
    engine.told.lines.length = 0;
    // In another slot: the broker would let nobody begin under the same id.
    engine.start('b');
    const pass = async (): Promise<void> => {
      engine.clock.moveTo(engine.clock.now() + 100);
      await engine.broker.changed(1);
    };
    for (let looks = 0; looks < 20; looks++) await pass();
    expect(engine.told.of('restoring')).not.toEqual([]);
    expect(engine.told.of('restored')).toEqual([]);
    wordsMarker?.();
    for (let looks = 0; looks < 20; looks++) await pass();
    expect(engine.told.of('restored')).toEqual(['restored 1_0 0+2']);
    await engine.drained();
    engine.produce(lines.name, ['a:2']);
    await engine.drained();
    expect(engine.state('lists')).toEqual({ a: 'a:0,a:1,a:2' });
    expect(found('a:0', 'a:1', 'a:2')).toEqual([]);
  });
});
