import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { SnapshotChange, SnapshotHeader, SnapshotKey } from '../../../topology/ports/snapshot-store.ts';
import { Engine } from './engine.ts';
import { lines, listing } from './small-topologies.ts';

const PARTITIONS = 3;

/** Tells of saves, and lets each end only when it is told to. */
class HeldStore extends MemorySnapshotStore {
  readonly begun: string[] = [];
  away = false;
  readonly #ends: (() => void)[] = [];

  override async save(
    key: SnapshotKey,
    header: SnapshotHeader,
    changes: Iterable<SnapshotChange>,
    base: number | undefined,
  ): Promise<boolean> {
    this.begun.push(key.task);
    const all = [...changes];
    await new Promise<void>((resolve) => {
      this.#ends.push(resolve);
    });
    if (this.away) throw new Error('away');
    return super.save(key, header, all, base);
  }

  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }
}

let store: HeldStore;
let engine: Engine;

beforeEach(() => {
  store = new HeldStore();
});

afterEach(async () => {
  const ending = engine.stop();
  const letting = setInterval(() => store.end(), 1);
  await ending;
  clearInterval(letting);
});

/** A worker that owns all tasks and has changed each of them, at second 0. */
async function start(snapshotRecords: number): Promise<void> {
  engine = new Engine(listing(), {
    partitions: PARTITIONS,
    snapshots: store,
    limits: { snapshotRecords, snapshotInterval: seconds(10), pollRecords: 1 },
  });
  engine.start('a');
  await feed();
}

/** Unless told otherwise a line whose words change the state of each task. */
async function feed(line = 'a:1 b:1 c:1 d:1 e:1 f:1 g:1 h:1'): Promise<void> {
  engine.produce(lines.name, [line]);
  await engine.drained();
}

const at = (second: number): void => engine.clock.moveTo(second * 1_000);

describe('a task that has changed', () => {
  test('is saved when its last save lies so far back, however few its records', async () => {
    await start(1_000);
    at(9);
    await feed();
    expect(store.begun).toEqual([]);
    at(10);
    await feed();
    expect(store.begun).toHaveLength(1);
  });

  test('is not saved again when nothing came since', async () => {
    await start(1_000);
    at(10);
    for (let i = 0; i < 2 * PARTITIONS; i++) {
      await feed('a:1');
      store.end();
    }
    expect(store.begun.toSorted()).toEqual(['1_0', '1_1', '1_2']);
    at(60);
    for (let i = 0; i < 2 * PARTITIONS; i++) {
      await feed('a:1');
      store.end();
    }
    expect(store.begun).toHaveLength(PARTITIONS + 1);
  });

  test('waits for the one before it: one save that only its time made due is under way', async () => {
    await start(1_000);
    at(10);
    await feed();
    await feed();
    expect(store.begun).toHaveLength(1);
    store.end();
    await feed();
    await feed();
    expect(store.begun).toHaveLength(2);
    expect(new Set(store.begun).size).toBe(2);
  });

  test('comes first when it has waited longest', async () => {
    await start(1_000);
    at(10);
    for (let i = 0; i < 3 * PARTITIONS; i++) {
      at(10 + i);
      await feed();
      store.end();
    }
    const first = store.begun.slice(0, PARTITIONS);
    expect(new Set(first).size).toBe(PARTITIONS);
    for (let i = 0; i < PARTITIONS; i++) {
      at(40 + i);
      await feed();
      store.end();
    }
    expect(store.begun.slice(PARTITIONS, 2 * PARTITIONS)).toEqual(first);
  });

  test('need not wait for another when it has so many records', async () => {
    await start(2);
    at(10);
    await feed();
    await feed();
    expect(new Set(store.begun)).toEqual(new Set(['1_0', '1_1', '1_2']));
  });

  test('is tried less and less often while the store is away, and as before when it is back', async () => {
    await start(1_000);
    store.away = true;
    const tried: number[] = [];
    const until = async (from: number, to: number): Promise<void> => {
      for (let second = from; second < to; second += 5) {
        const before = store.begun.length;
        at(second);
        await feed();
        if (store.begun.length > before) tried.push(second);
        store.end();
        await engine.drained();
      }
    };
    await until(5, 200);
    expect(tried).toEqual([10, 20, 40, 80, 160]);
    store.away = false;
    await until(200, 270);
    expect(tried).toEqual([10, 20, 40, 80, 160, 240, 245, 250, 255, 260, 265]);
    store.away = true;
    tried.length = 0;
    await until(270, 305);
    expect(tried).toEqual([270, 280, 300]);
  });
});
