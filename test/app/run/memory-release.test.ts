import { setImmediate } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { beforeEach, describe, expect, test } from 'vitest';
import { collectAll, MemoryRelease } from '../../../app/run/memory-release.ts';

let alive = 50e6;
let released: number[] = [];
let collected = 0;
let clock = 0;
let memory: MemoryRelease;

beforeEach(() => {
  alive = 50e6;
  released = [];
  collected = 0;
  clock = 0;
  memory = new MemoryRelease({
    alive: () => alive,
    collect: () => {
      collected++;
      clock += 90;
    },
    released: (milliseconds) => released.push(milliseconds),
    now: () => clock,
  });
});

/** Seconds in each of which so many records are consumed. */
function seconds(...records: number[]): void {
  for (const count of records) {
    memory.telemetry.consumed('t', count);
    memory.second();
  }
}

describe('memory', () => {
  test('is given back once a backlog has been over for two seconds, and once only', () => {
    seconds(50_000, 12_000, 9_000);
    expect(collected).toBe(0);
    seconds(2_000);
    expect(released).toEqual([90]);
    seconds(0, 2_000, 0, 0);
    expect(collected).toBe(1);
    seconds(10_000, 0, 0);
    expect(collected).toBe(2);
  });

  test('is kept between the bursts of a backlog, and where there never was one', () => {
    seconds(50_000, 0, 50_000, 0, 50_000, 0);
    expect(collected).toBe(0);
    memory = new MemoryRelease({
      alive: () => 0,
      collect: () => expect.unreachable(),
      released: () => {},
      now: () => 0,
    });
    seconds(9_999, 9_999, 0, 0, 0);
  });

  test('is given back when a restore is over', () => {
    seconds(0, 0, 0);
    memory.telemetry.restoring?.('1_0', 5);
    memory.telemetry.restored('1_0', 8_000, 1_999, 5);
    seconds(0);
    memory.telemetry.restoring?.('1_1', 5);
    memory.telemetry.restored('1_1', 1, 0, 5);
    seconds(0, 0);
    expect(collected).toBe(0);
    seconds(0);
    expect(collected).toBe(1);
    memory.telemetry.restored('1_2', 9_999, 0, 5);
    seconds(0, 0, 0);
    expect(collected).toBe(1);
  });

  test('is kept until the last of a backlog is restored', () => {
    seconds(50_000, 0);
    memory.telemetry.restoring?.('1_0', 5);
    seconds(0);
    expect(collected).toBe(0);
    seconds(0, 0);
    expect(collected).toBe(1);
  });

  test('is kept behind a small restore: the pause would hold up those who wait for it', () => {
    memory.telemetry.restoring?.('1_0', 5);
    memory.telemetry.restored('1_0', 300, 700, 5);
    seconds(0, 0, 0, 0);
    expect(collected).toBe(0);
  });

  test('is kept where much is alive: the pause would be long', () => {
    alive = 129e6;
    seconds(50_000, 0, 0);
    expect(collected).toBe(0);
    // It is not made up for later, in the middle of other work.
    alive = 50e6;
    seconds(0, 0, 0);
    expect(collected).toBe(0);
  });
});

test('what is dead is collected, and its room is given back', async () => {
  const physical = (): number =>
    getHeapSpaceStatistics().reduce((sum, { physical_space_size }) => sum + physical_space_size, 0);
  const dead: WeakRef<object>[] = [];
  let kept: object[] = [];
  for (let i = 0; i < 300_000; i++) kept.push({ i, text: `${i}` });
  for (let i = 0; i < kept.length; i += 1_000) dead.push(new WeakRef(kept[i] as object));
  const before = physical();
  kept = [];
  await setImmediate();
  collectAll();
  expect(dead.filter((one) => one.deref() !== undefined)).toEqual([]);
  expect(before - physical()).toBeGreaterThan(10e6);
});
