import { afterEach, describe, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import type { Snapshot } from '../../../topology/ports/snapshot-store.ts';
import { Engine, type EngineOptions } from '../runtime/engine.ts';
import { violations } from '../runtime/exactly-once.ts';
import type { Call } from '../runtime/faulty-driver.ts';
import { lines, listing, sums, words, wordsOf } from '../runtime/small-topologies.ts';

const NEVER = Number.MAX_SAFE_INTEGER;

let engine: Engine;
let snapshots: MemorySnapshotStore;
afterEach(() => engine.stop());

const linesOf = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `${'abcd'[(from + i) % 4]}:${from + i} e:${from + i}`);

function made(options: EngineOptions = {}): void {
  snapshots = new MemorySnapshotStore();
  engine = new Engine(listing(), { partitions: 2, snapshots, ...options });
}

const found = (values: readonly string[]): string[] =>
  violations({
    fed: values.flatMap(wordsOf),
    words: engine.records(words.name),
    sums: engine.records(sums.name),
  });

const snapshotOf = (partition: number): Promise<Snapshot | undefined> =>
  snapshots.load({ application: 'app', task: `1_${partition}` });

/** Every stateful task has a snapshot of just what is committed. */
async function assertSavedAsCommitted(): Promise<void> {
  for (const partition of [0, 1]) {
    const committed = engine.committed().get(`${words.name}/${partition}`);
    const { header } = (await snapshotOf(partition)) ?? {};
    expect(header?.offset).toBe(committed?.offset);
    expect(JSON.parse(committed?.metadata ?? '{}')).toMatchObject({ hash: header?.stateHash });
  }
}

/** Kills a worker that never saved anything. */
async function unsaved(values: readonly string[]): Promise<void> {
  engine.start('a');
  engine.produce(lines.name, values);
  await engine.drained();
  engine.kill('a');
  for (const partition of [0, 1]) expect(await snapshotOf(partition)).toBeUndefined();
}

describe('EosIntegrationTest.shouldWriteLatestOffsetsToCheckpointOnShutdown', () => {
  test('a clean stop leaves no lag, and snapshots at the committed offsets', async () => {
    made({ limits: { snapshotRecords: NEVER } });
    engine.start('a');
    engine.produce(lines.name, linesOf(40));
    await engine.drained();
    expect(await snapshotOf(0)).toBeUndefined();
    await engine.stop();
    expect(engine.lag()).toBe(0);
    await assertSavedAsCommitted();
    engine.start('b');
    engine.produce(lines.name, linesOf(8, 40));
    await engine.drained();
    for (const line of engine.told.of('restored').slice(-2)) expect(line).toMatch(/ [1-9]\d*\+0$/);
    expect(found(linesOf(48))).toEqual([]);
  });

  test('a clean stop under backlog commits what is processed, and saves just that', async () => {
    made({ limits: { snapshotRecords: NEVER, pollRecords: 5, uncommittedRecords: 10 } });
    engine.produce(lines.name, linesOf(200));
    const worker = engine.start('a', {
      after: (call) => {
        if (call === 'poll' && engine.driver('a')?.polls === 15) void worker.stop();
      },
    });
    expect(await engine.end('a')).toBeUndefined();
    engine.forget('a');
    expect(engine.lag()).toBeGreaterThan(100);
    expect(engine.records(sums.name).length).toBeGreaterThan(0);
    await assertSavedAsCommitted();
    engine.start('b');
    await engine.drained();
    expect(found(linesOf(200))).toEqual([]);
  });
});

describe('EosIntegrationTest.shouldCheckpointRestoredOffsetsWhenClosingCleanDuringRestoring', () => {
  test('a stop during a restore commits nothing, saves nothing but what is committed, and the next one is right', async () => {
    made({ limits: { snapshotRecords: NEVER } });
    await unsaved(linesOf(40));
    const before = engine.committed();
    const restoring = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const worker = engine.start('b', {
      before: async (call) => {
        if (call !== 'read') return;
        restoring.resolve();
        await goOn.promise;
      },
    });
    await restoring.promise;
    const stopped = worker.stop();
    goOn.resolve();
    await stopped;
    expect(await engine.end('b')).toBeUndefined();
    engine.forget('b');
    expect(engine.committed()).toEqual(before);
    for (const partition of [0, 1]) {
      const saved = await snapshotOf(partition);
      const offset = before.get(`${words.name}/${partition}`)?.offset ?? 0;
      expect([undefined, offset]).toContain(saved?.header.offset);
    }
    engine.start('c');
    engine.produce(lines.name, linesOf(8, 40));
    await engine.drained();
    expect(found(linesOf(48))).toEqual([]);
  });

  test('a stop does not wait for the end of a long restore', async () => {
    made({ limits: { snapshotRecords: NEVER } });
    await unsaved(linesOf(20));
    let reads = 0;
    const worker = engine.start('b', {
      before: (call) => {
        // The first tasks are being restored: the others need not be any more.
        if (call === 'read' && ++reads === 1) void worker.stop();
      },
    });
    expect(await engine.end('b')).toBeUndefined();
    expect(reads).toBe(1);
  });
});

describe('EOSUncleanShutdownIntegrationTest.shouldWorkWithUncleanShutdownWipeOutStateStore', () => {
  const points: readonly (readonly ['before' | 'after', Call])[] = [
    ['before', 'send'],
    ['after', 'send'],
    ['before', 'send-offsets'],
    ['after', 'send-offsets'],
    ['before', 'commit'],
    ['after', 'commit'],
  ];

  test.for(points.flatMap(([when, call]) => [true, false].map((wiped) => [when, call, wiped] as const)))(
    'an error %s %s ends the worker; no snapshot holds what is not committed, and the next one is right (store wiped: %s)',
    async ([when, call, wiped]) => {
      // Each poll is a commit, so that there is a fifth.
      made({ limits: { snapshotRecords: 1, pollRecords: 3, commitInterval: milliseconds(0) } });
      engine.produce(lines.name, linesOf(30));
      let calls = 0;
      engine.start('a', {
        [when]: (made: Call) => {
          if (made === call && ++calls === 5) throw new RangeError('as planned');
        },
      });
      expect(await engine.end('a')).toBeInstanceOf(RangeError);
      engine.kill('a');
      for (const partition of [0, 1]) {
        const committed = engine.committed().get(`${words.name}/${partition}`)?.offset ?? 0;
        const saved = await snapshotOf(partition);
        expect(saved?.header.offset ?? 0).toBeLessThanOrEqual(committed);
        if (wiped) await snapshots.drop({ application: 'app', task: `1_${partition}` });
      }
      engine.start('b');
      await engine.drained();
      expect(found(linesOf(30))).toEqual([]);
      await engine.stop();
      await assertSavedAsCommitted();
    },
  );
});
