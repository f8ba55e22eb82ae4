import { afterEach, describe, expect, test } from 'vitest';
import { text } from '../../../topology/model/codec.ts';
import { headerText } from '../../../topology/model/record.ts';
import type { Fold } from '../../../topology/model/step.ts';
import { type Instant, instant } from '../../../topology/model/time.ts';
import { DEAD_LETTERS, Engine, type EngineOptions } from './engine.ts';
import { lines, listing, sums, words } from './small-topologies.ts';

const MINUTE = 60_000;

/** A word `key:n` waits until n minutes have passed; then its state says so. */
const waiting: Fold<string, string, string> = {
  step: (_, { value }) => [value, [value]],
  due: (state): Instant | undefined =>
    state.includes('done') ? undefined : instant(Number(state.split(':')[1]) * MINUTE),
  onTick: (state, key, tick) => {
    if (key === 'bad') throw new Error('x');
    return [`${state} done`, [`${key} done at ${tick / MINUTE}`]];
  },
};

let engine: Engine;
afterEach(() => engine.stop());

const engineWith = (options: EngineOptions = {}): Engine => {
  engine = new Engine(listing({ list: waiting, length: (_, { value }) => ['', [value]] }), {
    ticks: true,
    ...options,
  });
  return engine;
};

const minute = async (n: number): Promise<void> => {
  engine.clock.moveTo(n * MINUTE);
  await engine.drained();
};

const ticks = (): string[] =>
  engine
    .records(words.name)
    .flatMap(({ key, value, partition }) =>
      key === null ? [`${partition}: ${text.decode(value ?? new Uint8Array())}`] : [],
    );
const done = (): string[] => engine.texts(sums.name).filter((output) => output.includes('done'));

describe('ticks', () => {
  test('are written once an interval, to every partition, on the minute', async () => {
    engineWith({ partitions: 3 });
    engine.clock.moveTo(90_500);
    engine.start('a');
    engine.start('b');
    engine.start('c');
    await engine.drained();
    expect(ticks()).toEqual([0, 1, 2].map((partition) => `${partition}: tick 60000`));
    for (const at of [110_000, 119_999]) {
      engine.clock.moveTo(at);
      await engine.drained();
    }
    expect(ticks()).toHaveLength(3);
    await minute(2);
    // What was slept through is not made up for: the newest says all.
    await minute(7);
    expect(ticks().filter((tick) => tick.startsWith('2'))).toEqual([
      '2: tick 60000',
      '2: tick 120000',
      '2: tick 420000',
    ]);
    expect(ticks()).toHaveLength(9);
  });

  test('are not written when they are turned off', async () => {
    engineWith({ ticks: false });
    engine.start();
    await minute(5);
    expect(ticks()).toEqual([]);
  });

  test('resolve the keys that are due, in order of key, and no others', async () => {
    engineWith({ partitions: 1 });
    engine.start();
    engine.produce(lines.name, ['c:2 b:1 a:2 d:9']);
    await engine.drained();
    await minute(1);
    expect(done()).toEqual(['b -> b done at 1']);
    await minute(2);
    await minute(3);
    expect(done()).toEqual(['b -> b done at 1', 'a -> a done at 2', 'c -> c done at 2']);
    expect(engine.state('lists')['d']).toBe('d:9');
  });

  test.each([
    ['from the log', undefined],
    ['from a snapshot', 1],
  ])('resolve what was due before a restart, restored %s', async (_, snapshotRecords) => {
    const { MemorySnapshotStore } = await import('../../../connectors/memory/snapshot-store.ts');
    const snapshots =
      snapshotRecords === undefined
        ? {}
        : { snapshots: new MemorySnapshotStore(), limits: { snapshotRecords } };
    engineWith({ partitions: 1, ...snapshots });
    engine.start('a');
    engine.produce(lines.name, ['a:1 b:3']);
    await engine.drained();
    await minute(1);
    engine.kill('a');
    engine.clock.moveTo(3 * MINUTE);
    engine.start('b');
    await engine.drained();
    expect(done()).toEqual(['a -> a done at 1', 'b -> b done at 3']);
  });

  test('one key whose tick throws is a dead letter under the name of its fold, and holds up nobody', async () => {
    engineWith({ partitions: 1 });
    engine.start();
    engine.produce(lines.name, ['a:1 bad:1 c:1']);
    await engine.drained();
    await minute(1);
    await minute(2);
    expect(done()).toEqual(['a -> a done at 1', 'c -> c done at 1']);
    expect(engine.state('lists')).toEqual({ a: 'a:1 done', bad: 'bad:1', c: 'c:1 done' });
    const letters = engine.records(DEAD_LETTERS);
    expect(letters.map(({ headers }) => headerText(headers, '__streams.errors.step'))).toEqual(['list']);
    // A change makes it wait, and fail, anew.
    engine.produce(lines.name, ['bad:3']);
    await engine.drained();
    await minute(3);
    expect(engine.records(DEAD_LETTERS)).toHaveLength(2);
  });

  test('of a transaction that was aborted are written again', async () => {
    engineWith({ partitions: 2 });
    let failing = 2;
    engine.start('a', {
      before: (call) => {
        if (call === 'commit' && failing-- > 0)
          throw Object.assign(new Error('x'), { of: 'sepsis-streams', code: 'fenced', retry: true });
      },
    });
    for (let i = 0; i < 3; i++) await engine.drained();
    expect(engine.told.of('aborted')).toHaveLength(2);
    expect(ticks()).toEqual(['0: tick 0', '1: tick 0']);
  });

  test('go on with whoever takes over partition 0', async () => {
    engineWith({ partitions: 2 });
    engine.start('a');
    engine.start('b');
    await engine.drained();
    await minute(1);
    engine.kill('a');
    await minute(2);
    engine.kill('b');
    engine.start('c');
    await minute(3);
    expect(ticks().filter((tick) => tick.startsWith('1'))).toEqual(
      ['0', '60000', '120000', '180000'].map((t) => `1: tick ${t}`),
    );
  });
});
