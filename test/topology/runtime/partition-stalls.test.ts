import { beforeEach, describe, expect, test } from 'vitest';
import { Observation } from '../../../topology/runtime/stall/observation.ts';
import { partitionStalls } from '../../../topology/runtime/stall/stalls.ts';

const PARTITION = 'numbers/0';
const AFTER = 60;

let seen: Observation;

/** A worker that committed offset 10 at time 0. */
beforeEach(() => {
  seen = new Observation(0);
  seen.assign([PARTITION], 0);
  seen.committed(PARTITION, 10, 0);
});

/** A look at a log that is written and decided so far. */
const look = (now: number, decided: number, written: number): string[] =>
  partitionStalls(seen, new Map([[PARTITION, { decided, written }]]), now, AFTER).map(
    ({ cause, since, behind }) => `${cause} since ${since}, ${behind} behind`,
  );

describe('a partition whose committed offset does not move', () => {
  test('stalls when its time is over, and not before', () => {
    expect(look(59, 15, 15)).toEqual([]);
    expect(look(60, 15, 15)).toEqual(['fetch since 0, 5 behind']);
  });

  test('does not stall when there is nothing to do', () => {
    expect(look(60, 10, 10)).toEqual([]);
    expect(look(119, 15, 15)).toEqual([]);
    expect(look(120, 15, 15)).toEqual(['fetch since 60, 5 behind']);
  });

  test('is held up by an open transaction, for as long as that is open', () => {
    expect(look(45, 10, 15)).toEqual([]);
    expect(look(60, 10, 15)).toEqual(['open-transaction since 0, 5 behind']);
    expect(look(75, 10, 18)).toEqual(['open-transaction since 0, 8 behind']);
  });

  test('is given its time when what held it up has ended', () => {
    expect(look(75, 10, 15)).toEqual(['open-transaction since 0, 5 behind']);
    // The worker has not yet read what it may read now.
    expect(look(90, 15, 15)).toEqual([]);
    expect(look(149, 15, 15)).toEqual([]);
    expect(look(150, 15, 15)).toEqual(['fetch since 90, 5 behind']);
  });

  test('is given its time with the first that ends of several transactions', () => {
    expect(look(75, 10, 20)).toEqual(['open-transaction since 0, 10 behind']);
    expect(look(90, 15, 20)).toEqual([]);
    seen.committed(PARTITION, 15, 100);
    expect(look(105, 15, 20)).toEqual([]);
    expect(look(160, 15, 20)).toEqual(['open-transaction since 100, 5 behind']);
  });
});
