import { afterEach, describe, expect, test } from 'vitest';
import type { PartitionLog } from '../../../connectors/memory/cluster/partition-log.ts';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import type { SnapshotHeader } from '../../../topology/ports/snapshot-store.ts';
import { Engine } from '../runtime/engine.ts';
import { violations } from '../runtime/exactly-once.ts';
import { lines, listing, sums, words, wordsOf } from '../runtime/small-topologies.ts';

const KEY = { application: 'app', task: '1_0' };
const INPUT = { topic: words.name, partition: 0 };
const FIRST = ['a:1 b:1', 'a:2', 'c:1', 'b:2 a:3'];
const MORE = ['c:2', 'a:4 b:3'];

let engine: Engine;
let snapshots: MemorySnapshotStore;
afterEach(() => engine.stop());

/** A worker that did the first lines, saving every so many records, and was killed. */
async function before(snapshotRecords: number): Promise<void> {
  snapshots = new MemorySnapshotStore();
  engine = new Engine(listing(), { partitions: 1, snapshots, limits: { snapshotRecords, pollRecords: 1 } });
  engine.start('a');
  for (const line of FIRST) {
    engine.produce(lines.name, [line]);
    await engine.drained();
  }
  engine.kill('a');
}

/** How the next worker ends; undefined: it does its work. */
async function next(): Promise<unknown> {
  engine.start('b');
  engine.produce(lines.name, MORE);
  const drained = engine.drained().then(
    () => undefined,
    (error: unknown) => error,
  );
  const error = await drained;
  if (error !== undefined) engine.kill('b');
  return error;
}

const log = (): Pick<PartitionLog, 'start' | 'end' | 'truncate'> => engine.broker.log(INPUT);
const committed = (): number => engine.committed().get(`${words.name}/0`)?.offset ?? 0;
const saved = async (): Promise<number> => (await snapshots.load(KEY))?.header.offset ?? 0;
const loseTail = (topic: string, from: number): void =>
  engine.broker.state.partition({ topic, partition: 0 }).loseTail(from);

const found = (...values: readonly string[]): string[] =>
  violations({
    fed: values.flatMap(wordsOf),
    words: engine.records(words.name),
    sums: engine.records(sums.name),
  });

/** Writes over what a snapshot says of itself. */
async function saying(header: Partial<SnapshotHeader>): Promise<void> {
  const snapshot = await snapshots.load(KEY);
  if (snapshot === undefined) throw new Error('no snapshot');
  const entries = [...snapshot.entries];
  await snapshots.drop(KEY);
  await snapshots.save(KEY, { ...snapshot.header, ...header }, entries, undefined);
}

describe('a rebalance during a restore', () => {
  test('abandons it: nothing of it goes live, and nothing is lost', async () => {
    await before(1_000);
    let reads = 0;
    engine.start('b', {
      after: async (call) => {
        if (call !== 'read' || ++reads > 1) return;
        // Somebody joins, and the group goes on without waiting for the replay.
        const { generation } = engine.broker.state.group('app');
        engine.start('c');
        while (engine.broker.state.group('app').generation === generation) await engine.broker.changed(1);
        expect(engine.told.of('restored').filter((line) => !line.endsWith('+0'))).toEqual([]);
      },
    });
    engine.produce(lines.name, MORE);
    await engine.drained();
    expect(reads).toBeGreaterThan(0);
    // One of the two restored it, once and whole.
    expect(engine.told.of('restored').filter((line) => !line.endsWith('+0'))).toEqual(['restored 1_0 0+6']);
    expect(found(...FIRST, ...MORE)).toEqual([]);
  });
});

describe('a log that begins too late is `log-truncated`, never a state with a hole', () => {
  test('when the snapshot is older than its beginning', async () => {
    await before(6);
    expect(await saved()).toBeGreaterThan(0);
    expect(await saved()).toBeLessThan(committed());
    log().truncate((await saved()) + 1);
    expect(await next()).toMatchObject({ code: 'log-truncated' });
    expect(engine.texts(sums.name)).toHaveLength(6);
  });

  test('when retention passes the snapshot in the middle of the restore', async () => {
    await before(1_000);
    engine.start('b', {
      before: (call) => {
        if (call === 'read') log().truncate(2);
      },
    });
    expect(await engine.end('b')).toMatchObject({ code: 'log-truncated' });
    engine.kill('b');
    expect(engine.texts(sums.name)).toHaveLength(6);
  });

  test('when retention has passed the committed offset, although the snapshot is of that offset', async () => {
    await before(1);
    engine.produce(words.name, ['a:lost', 'a:there'], { key: new TextEncoder().encode('a') });
    log().truncate(committed() + 1);
    expect(await saved()).toBe(committed());
    expect(await next()).toMatchObject({ code: 'input-lost' });
    expect(engine.texts(sums.name)).toHaveLength(6);
  });
});

describe('a log that ends before the committed offset (an unclean election) is an error, never silence', () => {
  test('for input without state', async () => {
    await before(1);
    loseTail(lines.name, 2);
    engine.start('b');
    expect(await engine.end('b')).toMatchObject({ code: 'log-ends-early' });
    engine.kill('b');
  });

  test.each([
    ['from a snapshot of the committed offset', 1],
    ['from an older snapshot', 6],
    ['from the log', 1_000],
  ])('for a state that is restored %s', async (_, snapshotRecords) => {
    await before(snapshotRecords);
    loseTail(words.name, committed() - 2);
    engine.start('b');
    expect(await engine.end('b')).toMatchObject({
      code: expect.stringMatching(/^(log-ends-early|state-diverged)$/),
    });
    engine.kill('b');
    expect(engine.texts(sums.name)).toHaveLength(6);
  });

  test('when other records have taken the lost offsets: the state is not the committed one', async () => {
    await before(1_000);
    const end = committed();
    loseTail(words.name, end - 3);
    for (let i = 0; log().end < end + 2; i++)
      engine.produce(words.name, [`a:other${i}`], { key: new TextEncoder().encode('a') });
    engine.start('b');
    expect(await engine.end('b')).toMatchObject({ code: 'state-diverged' });
    engine.kill('b');
  });

  test('for a worker that is running: its position lies behind the end', async () => {
    await before(1);
    engine.start('b');
    await engine.drained();
    loseTail(lines.name, 1);
    expect(await engine.end('b')).toMatchObject({ code: 'log-truncated' });
    engine.kill('b');
  });
});

describe('a snapshot that is not what it says', () => {
  test('is not loaded when it is of another topology hash: the state is rebuilt from the log', async () => {
    await before(1);
    await saying({ topologyHash: 'another' });
    expect(await next()).toBeUndefined();
    expect(engine.told.of('restored').at(-1)).toMatch(/^restored 1_0 0\+6$/);
    expect(found(...FIRST, ...MORE)).toEqual([]);
  });

  test('is not used when it is newer than the commit by one', async () => {
    await before(1);
    await saying({ offset: committed() + 1 });
    expect(await next()).toBeUndefined();
    expect(engine.told.of('restored').at(-1)).toMatch(/^restored 1_0 0\+6$/);
    expect(found(...FIRST, ...MORE)).toEqual([]);
  });

  test.each([
    ['a state that is newer than its offset', -3],
    ['a state that is older than its offset', 2],
  ])('with %s is `state-diverged`; without it the state is rebuilt', async (_, by) => {
    await before(by < 0 ? 1 : 6);
    const offset = (await saved()) + by;
    expect(offset).toBeLessThanOrEqual(committed());
    await saying({ offset });
    engine.start('b');
    expect(await engine.end('b')).toMatchObject({ code: 'state-diverged' });
    engine.kill('b');
    expect(engine.texts(sums.name)).toHaveLength(6);
    await snapshots.drop(KEY);
    expect(await next()).toBeUndefined();
    expect(found(...FIRST, ...MORE)).toEqual([]);
  });

  test('and whose hash is right in itself is `state-diverged` when another hash was committed', async () => {
    await before(1);
    const at = `${words.name}/0`;
    const metadata = JSON.stringify({
      ...JSON.parse(engine.committed().get(at)?.metadata ?? '{}'),
      hash: 'another',
    });
    engine.broker.state.offsets('app').commit(new Map([[at, { offset: committed(), metadata }]]));
    engine.start('b');
    expect(await engine.end('b')).toMatchObject({ code: 'state-diverged' });
    engine.kill('b');
    expect(engine.texts(sums.name)).toHaveLength(6);
  });
});
