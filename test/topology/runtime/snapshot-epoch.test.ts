import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import { seconds } from '../../../topology/model/time.ts';
import type {
  Snapshot,
  SnapshotChange,
  SnapshotHeader,
  SnapshotKey,
} from '../../../topology/ports/snapshot-store.ts';
import { Engine } from './engine.ts';
import { lines, listing } from './small-topologies.ts';

const TASK: SnapshotKey = { application: 'app', task: '1_0' };

/** Fences as Redis does: an epoch as soon as it is given. And may be away. */
class Store extends MemorySnapshotStore {
  away = false;
  /** Answers to saves. */
  readonly answers: boolean[] = [];
  #given = 0;

  override async nextEpoch(key: SnapshotKey): Promise<number> {
    this.#reached();
    this.#given = await super.nextEpoch(key);
    return this.#given;
  }

  override async load(key: SnapshotKey): Promise<Snapshot | undefined> {
    this.#reached();
    return super.load(key);
  }

  override async save(
    key: SnapshotKey,
    header: SnapshotHeader,
    changes: Iterable<SnapshotChange>,
    base: number | undefined,
  ): Promise<boolean> {
    this.#reached();
    const all = [...changes];
    const done = header.epoch >= this.#given && (await super.save(key, header, all, base));
    this.answers.push(done);
    return done;
  }

  #reached(): void {
    if (this.away) throw new Error('away');
  }
}

let store: Store;
let engine: Engine;

beforeEach(() => {
  store = new Store();
  const limits = { snapshotInterval: seconds(5), snapshotRecords: 1_000 };
  engine = new Engine(listing(), { partitions: 1, snapshots: store, limits });
});
afterEach(() => engine.stop());

async function feedAt(second: number): Promise<void> {
  engine.clock.moveTo(second * 1_000);
  engine.produce(lines.name, ['a:1 b:1']);
  await engine.drained();
}

/** Entries and records that a worker comes back with behind a clean end. */
async function comesBackWith(): Promise<string | undefined> {
  await engine.stop();
  engine.start('b');
  await engine.drained();
  return engine.told.of('restored').at(-1);
}

test('a store that is away at the takeover gets the task as soon as it is back', async () => {
  store.away = true;
  engine.start('a');
  await feedAt(0);
  expect(engine.told.of('snapshot')).toEqual(['snapshot 1_0 Error', 'snapshot 1_0 Error']);
  await feedAt(6);
  store.away = false;
  expect(store.answers).toEqual([]);
  // Behind a save that failed the next one may wait for as long again.
  await feedAt(12);
  expect(store.answers).toEqual([true]);
  expect(await comesBackWith()).toBe('restored 1_0 4+0');
});

test('what the last save could not bring is saved at the end', async () => {
  // A save with each commit: nothing is committed behind the one that fails.
  engine = new Engine(listing(), { partitions: 1, snapshots: store, limits: { snapshotRecords: 1 } });
  engine.start('a');
  await feedAt(0);
  store.away = true;
  await feedAt(6);
  store.away = false;
  const before = store.answers.length;
  expect(await comesBackWith()).toBe('restored 1_0 4+0');
  expect(store.answers.length).toBeGreaterThan(before);
});

test('whoever asks for an epoch too late to own the task keeps its owner from saving once only', async () => {
  engine.start('a');
  await feedAt(0);
  await feedAt(6);
  expect(store.answers).toEqual([true]);
  await store.nextEpoch(TASK);
  await feedAt(12);
  expect(store.answers).toEqual([true, false]);
  await feedAt(18);
  await feedAt(24);
  await feedAt(30);
  // Of the changes alone, then the whole, then under a new epoch; that is told.
  expect(store.answers).toEqual([true, false, false, true, true]);
  expect(engine.told.of('snapshot')).toEqual(['snapshot 1_0 refused']);
  expect(await comesBackWith()).toBe('restored 1_0 4+0');
});
