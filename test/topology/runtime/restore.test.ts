import { afterEach, describe, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { text } from '../../../topology/model/codec.ts';
import type { SnapshotHeader, SnapshotStore } from '../../../topology/ports/snapshot-store.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { violations } from './exactly-once.ts';
import { lines, listing, sums, words, wordsOf } from './small-topologies.ts';

const KEY = { application: 'app', task: '1_0' };
const FIRST = ['a:1 b:1', 'a:2', 'c:1'];
const MORE = ['b:2 c:2', 'a:3'];

let engine: Engine;
afterEach(() => engine.stop());

/** A worker that did the first lines, saved what it was told to save, and was killed. */
async function before(options: EngineOptions): Promise<void> {
  engine = new Engine(listing(), { partitions: 1, ...options });
  engine.start('a');
  for (const line of FIRST) {
    engine.produce(lines.name, [line]);
    await engine.drained();
  }
  engine.kill('a');
}

/** Another worker takes over, of this topology or another one. */
async function after(options: EngineOptions, topology: Topology = listing()): Promise<string | undefined> {
  engine = new Engine(topology, { partitions: 1, ...options }, engine.broker);
  engine.start('b');
  engine.produce(lines.name, MORE);
  await engine.drained();
  return engine.told.of('restored')[0];
}

const found = (): string[] =>
  violations({
    fed: [...FIRST, ...MORE].flatMap(wordsOf),
    words: engine.records(words.name),
    sums: engine.records(sums.name),
  });

const every = (snapshotRecords: number, snapshots: SnapshotStore): EngineOptions => ({
  snapshots,
  limits: { snapshotRecords, pollRecords: 1 },
});

/** Writes over what a snapshot says of itself, as a store that was rolled back or mixed up would. */
async function saying(store: MemorySnapshotStore, header: Partial<SnapshotHeader>): Promise<void> {
  const snapshot = await store.load(KEY);
  if (snapshot === undefined) throw new Error('no snapshot');
  const entries = [...snapshot.entries];
  await store.drop(KEY);
  await store.save(KEY, { ...snapshot.header, ...header }, entries, undefined);
}

describe('restore', () => {
  test('without snapshots is the whole log, with outputs suppressed', async () => {
    await before({});
    expect(await after({})).toBe('restored 1_0 0+4');
    expect(found()).toEqual([]);
  });

  test('from a snapshot at the committed offset replays nothing', async () => {
    const snapshots = new MemorySnapshotStore();
    await before(every(1, snapshots));
    expect(await after(every(1, snapshots))).toBe('restored 1_0 6+0');
    expect(found()).toEqual([]);
  });

  test('from an older snapshot replays what came since', async () => {
    const snapshots = new MemorySnapshotStore();
    await before(every(4, snapshots));
    const offset = (await snapshots.load(KEY))?.header.offset ?? 0;
    const committed = engine.committed().get(`${words.name}/0`)?.offset ?? 0;
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThan(committed);
    expect(await after(every(4, snapshots))).toMatch(/^restored 1_0 [1-9]\+[1-9]$/);
    expect(found()).toEqual([]);
  });

  test('passes over a snapshot that is newer than what is committed', async () => {
    const snapshots = new MemorySnapshotStore();
    await before(every(1, snapshots));
    await saying(snapshots, { offset: 999 });
    expect(await after(every(1, snapshots))).toBe('restored 1_0 0+4');
    expect(found()).toEqual([]);
    // It is dropped, and what comes then is whole.
    expect((await snapshots.load(KEY))?.header.offset).toBe(
      engine.committed().get(`${words.name}/0`)?.offset,
    );
  });

  test('passes over a snapshot of another topology, and the next one replaces it', async () => {
    const snapshots = new MemorySnapshotStore();
    await before(every(1, snapshots));
    expect(await after(every(1, snapshots), listing({ version: 2 }))).toBe('restored 1_0 0+4');
    expect(found()).toEqual([]);
    engine.kill('b');
    engine.start('c');
    await engine.drained();
    expect(engine.told.of('restored').at(-1)).toBe('restored 1_0 6+0');
  });

  test.each<[string, (store: MemorySnapshotStore) => Promise<unknown>]>([
    ['whose entries are not those of its hash', (store) => saying(store, { stateHash: 'another' })],
    [
      'that cannot be read',
      async (store) => {
        const { header } = (await store.load(KEY)) ?? {};
        if (header === undefined) throw new Error('no snapshot');
        store.load = async () => ({
          header,
          entries: (function* () {
            yield ['lists', 'a', text.encode('half')] as const;
            throw new Error('torn');
          })(),
        });
      },
    ],
  ])('passes over a snapshot %s', async (_, damage) => {
    const snapshots = new MemorySnapshotStore();
    await before(every(1, snapshots));
    await damage(snapshots);
    expect(await after(every(1, snapshots))).toBe('restored 1_0 0+4');
    expect(found()).toEqual([]);
  });

  test('goes on when the store is down: for reading, for epochs and for saving', async () => {
    const down = async (): Promise<never> => {
      throw new TypeError('connection refused');
    };
    const snapshots: SnapshotStore = { nextEpoch: down, load: down, save: down, drop: down };
    await before(every(1, snapshots));
    expect(await after(every(1, snapshots))).toBe('restored 1_0 0+4');
    // Reading, an epoch at once, and one again with the save that is due and with the last.
    expect(engine.told.of('snapshot')).toEqual(new Array(4).fill('snapshot 1_0 TypeError'));
    expect(found()).toEqual([]);
  });

  test.each<[string, () => boolean]>([
    [
      'failed',
      () => {
        throw new TypeError('connection lost');
      },
    ],
    ['was refused', () => false],
  ])('after a save that %s in between is right: the next save is whole', async (_, answer) => {
    const snapshots = new MemorySnapshotStore();
    const save = snapshots.save.bind(snapshots);
    let saves = 0;
    snapshots.save = async (key, header, changes, whole) => {
      if (++saves !== 2) return save(key, header, changes, whole);
      for (const _change of changes);
      return answer();
    };
    await before(every(1, snapshots));
    expect(saves).toBeGreaterThan(2);
    expect(await after(every(1, snapshots))).toBe('restored 1_0 6+0');
    expect(found()).toEqual([]);
  });

  test('a state that is not the one that was committed is an error, never an answer', async () => {
    await before({});
    // Not a pure step: the second time it makes something else of the same log.
    const otherwise = listing({ list: (state, { value }) => [`${state ?? ''}!${value}`, [value]] });
    engine = new Engine(otherwise, { partitions: 1 }, engine.broker);
    engine.start('b');
    const error = await engine.end('b');
    expect(error).toMatchObject({ code: 'state-diverged' });
    engine.kill('b');
    expect(engine.texts(sums.name)).toHaveLength(4);
  });

  test('another topology may make another state of the same log', async () => {
    await before({});
    const other = listing({ version: 2, list: (state, { value }) => [`${state ?? ''}!${value}`, [value]] });
    engine = new Engine(other, { partitions: 1 }, engine.broker);
    engine.start('b');
    await engine.drained();
    expect(engine.state('lists')).toEqual({ a: '!a:1!a:2', b: '!b:1', c: '!c:1' });
  });

  test('a log that begins after the point from which it must replay is an error', async () => {
    await before({});
    engine.broker.log({ topic: words.name, partition: 0 }).truncate(2);
    engine.start('b');
    expect(await engine.end('b')).toMatchObject({ code: 'log-truncated' });
    engine.kill('b');
  });

  test('a log that begins at the snapshot is enough', async () => {
    const snapshots = new MemorySnapshotStore();
    await before(every(4, snapshots));
    const offset = (await snapshots.load(KEY))?.header.offset ?? 0;
    engine.broker.log({ topic: words.name, partition: 0 }).truncate(offset);
    expect(await after(every(4, snapshots))).toMatch(/^restored 1_0 [1-9]\+[1-9]$/);
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2,a:3', b: 'b:1,b:2', c: 'c:1,c:2' });
  });

  test('where nothing was ever committed, reading begins where the log begins', async () => {
    engine = new Engine(listing(), { partitions: 1 });
    engine.produce(lines.name, ['gone:1', 'a:1', 'a:2']);
    engine.broker.log({ topic: lines.name, partition: 0 }).truncate(1);
    engine.start('a');
    await engine.drained();
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2' });
  });

  test('input that was let go of before it was read is an error', async () => {
    await before({});
    engine.produce(lines.name, ['gone:1', 'a:9']);
    const log = engine.broker.log({ topic: lines.name, partition: 0 });
    log.truncate(log.end - 1);
    engine.start('b');
    expect(await engine.end('b')).toMatchObject({ code: 'input-lost' });
    engine.kill('b');
  });
});
