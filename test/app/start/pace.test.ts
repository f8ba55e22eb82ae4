import { describe, expect, test } from 'vitest';
import { metronome, realPace } from '../../../app/start/pace.ts';

const never = new AbortController().signal;

describe('the metronome', () => {
  test('waits until the real time of a ward time, counted from the beginning', async () => {
    let now = 500;
    const slept: number[] = [];
    const pace = {
      now: () => now,
      sleep: (ms: number): Promise<void> => {
        slept.push(ms);
        now += ms + 7;
        return Promise.resolve();
      },
    };
    const until = metronome(pace, 60, 10_000);
    await until(70_000, never);
    await until(130_000, never);
    await until(190_000, never);
    // The 7 ms that each sleep takes too long are not added up.
    expect(slept).toEqual([1_000, 993, 993]);
  });

  test('does not race after a long stand', async () => {
    let now = 0;
    const slept: number[] = [];
    const pace = {
      now: () => now,
      sleep: (ms: number): Promise<void> => {
        slept.push(ms);
        now += ms;
        return Promise.resolve();
      },
    };
    const until = metronome(pace, 60, 0);
    now = 3_600_000;
    await until(60_000, never);
    await until(120_000, never);
    expect(slept).toEqual([1_000]);
  });
});

describe('real time', () => {
  test('a sleep ends at once when it is called off, before or within', async () => {
    const day = 86_400_000;
    const abort = new AbortController();
    const sleeping = realPace.sleep(day, abort.signal);
    abort.abort();
    await sleeping;
    await realPace.sleep(day, abort.signal);
    expect(abort.signal.aborted).toBe(true);
  });
});
