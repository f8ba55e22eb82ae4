import { describe, expect, test } from 'vitest';
import { paced } from '../../../app/publish/paced.ts';
import { Pace } from '../../../connectors/fhir-producer/pace.ts';
import { TokenBucket } from '../../../connectors/fhir-producer/token-bucket.ts';
import type { FeedRecord } from '../../../connectors/files/feed-record.ts';
import { type Duration, type Instant, instant } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';

/** Time passes while somebody sleeps, and at no other time. */
class SleptClock implements Clock {
  #now: Instant;
  constructor(start: number) {
    this.#now = instant(start);
  }
  now(): Instant {
    return this.#now;
  }
  sleep(time: Duration): Promise<void> {
    this.#now = instant(this.#now + time);
    return Promise.resolve();
  }
}

const record = (arrival: number | undefined): FeedRecord => ({
  file: 'f',
  topic: null,
  partition: 0,
  offset: 0,
  arrival,
  key: null,
  value: Buffer.from('{}'),
  target: 't',
});

async function sent(
  arrivals: readonly (number | undefined)[],
  pacing: { rate?: number; speed?: number },
): Promise<[arrival: number | undefined, at: number][]> {
  const clock = new SleptClock(10_000);
  const all: [number | undefined, number][] = [];
  const batches = (async function* () {
    yield arrivals.map(record);
  })();
  const { rate, speed } = pacing;
  for await (const chunk of paced(batches, { rate, speed }, new AbortController().signal, clock))
    for (const one of chunk) all.push([one.arrival, clock.now() - 10_000]);
  return all;
}

describe('a recording that is played', () => {
  test('goes out at its own pace, from now on', async () => {
    expect(await sent([500, 1_500, 1_500, 4_000], { speed: 1 })).toEqual([
      [500, 0],
      [1_500, 1_000],
      [1_500, 1_000],
      [4_000, 3_500],
    ]);
  });

  test('or so many times faster', async () => {
    expect(await sent([0, 60_000, 120_000], { speed: 60 })).toEqual([
      [0, 0],
      [60_000, 1_000],
      [120_000, 2_000],
    ]);
  });

  test('what is older than its predecessor, or has no time, goes right behind it', async () => {
    expect(await sent([undefined, 0, 2_000, 1_000, undefined], { speed: 1 })).toEqual([
      [undefined, 0],
      [0, 0],
      [2_000, 2_000],
      [1_000, 2_000],
      [undefined, 2_000],
    ]);
  });

  test('a pace knows no time before the first one', () => {
    expect(new Pace(2, 77).dueOf(undefined)).toBe(77);
  });
});

describe('a rate', () => {
  test.for([1, 3, 50, 1_000])('%i a second is never exceeded, and is reached', async (rate) => {
    const all = await sent(
      Array.from({ length: rate * 5 }, () => 0),
      { rate },
    );
    const times = all.map(([, at]) => at);
    for (const [i, at] of times.entries()) {
      const within = times.filter((other, j) => j >= i && other < at + 1_000).length;
      // What a tenth of a second may save up comes on top.
      expect(within).toBeLessThanOrEqual(rate + Math.max(1, rate / 10));
    }
    expect(times.at(-1)).toBeLessThanOrEqual(5_001);
    expect(times.at(-1)).toBeGreaterThanOrEqual(4_000);
  });

  test('what is not used is not saved up', () => {
    const bucket = new TokenBucket(100);
    expect(bucket.burst).toBe(10);
    bucket.take(0, 0);
    expect(bucket.take(10, 60_000)).toBe(0);
    expect(bucket.take(10, 60_000)).toBe(100);
  });
});
