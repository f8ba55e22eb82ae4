import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { median } from '../../bench/measure.ts';
import type { Progress } from '../../bench/real/cluster.ts';
import { warmPart } from '../../bench/real/drain.ts';
import { EpisodeFold } from '../../bench/real/episode-fold.ts';
import { realOptions, titleOf } from '../../bench/real/options.ts';
import { latencyFigures, percentile } from '../../bench/real/percentiles.ts';
import { selfTimes } from '../../bench/real/profile-sum.ts';
import { redisCommands } from '../../bench/real/redis-commands.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { Codec } from '../../topology/model/codec.ts';

describe('percentiles', () => {
  const samples = Array.from({ length: 1_000 }, (_, i) => 1_000 - i);

  test('are the least value that so many samples do not exceed', () => {
    expect(percentile(samples, 0.5)).toBe(500);
    expect(percentile(samples, 0.99)).toBe(990);
    expect(percentile(samples, 0.999)).toBe(999);
    expect(percentile([7], 0.5)).toBe(7);
  });

  test('are told for each run, with the worst', () => {
    const figures = latencyFigures('x', [samples, [5, 6]]);
    expect(figures.map(({ name, samples: of }) => [name, ...of])).toEqual([
      ['x, p50', 500, 5],
      ['x, p99', 990, 6],
      ['x, p99.9', 999, 6],
      ['x, most', 1_000, 6],
    ]);
  });
});

test('the peer is of the version of the broker', () => {
  const version = (path: string, what: RegExp): string | undefined =>
    what.exec(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))?.[1];
  const broker = version('docker/stack/kafka/pom.xml', /<kafka\.version>([\d.]+)</);
  expect(broker).toBeDefined();
  const streams = /<artifactId>kafka-streams<\/artifactId>\s*<version>([\d.]+)</;
  expect(version('bench/real/kafka-streams/pom.xml', streams)).toBe(broker);
});

test('a median lies in the middle: of an even number between the two', () => {
  expect([[3, 1, 2], [9, 1], [4, 1, 3, 2], [5], []].map(median)).toEqual([2, 5, 2.5, 5, Number.NaN]);
});

describe('the warm part of a drain', () => {
  const at = (second: number, cpu: number, source: number, repartitioned: number): Progress => ({
    at: second * 1_000,
    cpu,
    source,
    repartitioned,
  });

  test('begins behind the first fifth of both inputs', () => {
    const seen = [at(0, 1, 0.1, 0.1), at(1, 2, 0.3, 0.1), at(3, 6, 1, 1)];
    // 0.8 of 1,000 records in 4 CPU-seconds and 2 seconds.
    const { perCpuSecond, perSecond } = warmPart(seen, 1_000);
    expect(perCpuSecond).toBeCloseTo(200);
    expect(perSecond).toBeCloseTo(400);
  });

  test('begins later where it is told', () => {
    const seen = [at(0, 1, 0.1, 0.1), at(1, 2, 0.3, 0.1), at(2, 4, 0.6, 0.6), at(3, 6, 1, 1)];
    expect(warmPart(seen, 1_000, 0.5).perCpuSecond).toBeCloseTo(200);
    expect(() => warmPart(seen, 1_000, 0.7)).toThrow(/Too few records/);
  });

  test('is not made up where the drain was over before', () => {
    expect(() => warmPart([at(0, 1, 1, 1)], 1_000)).toThrow(/Too few records/);
    expect(() => warmPart([], 1_000)).toThrow(/Too few records/);
  });
});

describe('the outcome of a drain', () => {
  type Told = Pick<SepsisAlert, 'alertId' | 'status' | 'peak' | 'start' | 'end'>;
  const codec = {
    decode: (bytes: Uint8Array): Told => JSON.parse(Buffer.from(bytes).toString()) as Told,
  } as unknown as Codec<SepsisAlert>;
  const told = (alertId: string, more: Partial<Told> = {}): Told => ({
    alertId,
    status: 'RAISED',
    peak: 2,
    start: 10,
    end: 20,
    ...more,
  });
  const outcomeOf = (alerts: readonly Told[], deadLetters = 0): EpisodeFold['outcome'] => {
    const fold = new EpisodeFold(codec);
    for (const alert of alerts) fold.alert(Buffer.from(JSON.stringify(alert)));
    fold.deadLetters = deadLetters;
    return fold.outcome;
  };
  const right = [told('a'), told('b'), told('a', { end: 30 })];

  test('is the last record of every alert, however often it was told and whoever ended it', () => {
    expect(outcomeOf([told('b'), told('a'), told('a', { end: 30, status: 'RESOLVED' })])).toEqual(
      outcomeOf(right),
    );
    expect(outcomeOf([...right, told('c'), told('c', { status: 'RETRACTED' })])).toEqual(outcomeOf(right));
  });

  test.each([
    ['an alert that is missing', outcomeOf([told('a'), told('a', { end: 30 })])],
    ['one too many', outcomeOf([...right, told('c')])],
    ['one that is another', outcomeOf([told('a'), told('x'), told('a', { end: 30 })])],
    ['an episode that ends elsewhere', outcomeOf([told('a'), told('b')])],
    ['a lower peak', outcomeOf([...right, told('b', { peak: 1 })])],
    ['records in another order', outcomeOf([told('a', { end: 30 }), told('b'), told('a')])],
    ['a dead letter', outcomeOf(right, 1)],
  ])('differs by %s', (_, outcome) => {
    expect(outcome).not.toEqual(outcomeOf(right));
  });
});

test('operations of Redis: what clients send, and what the server does', () => {
  const info = [
    '# Commandstats',
    'cmdstat_evalsha:calls=12,usec=1,usec_per_call=1.00',
    'cmdstat_hset:calls=30,usec=1,usec_per_call=1.00',
    'cmdstat_config|resetstat:calls=1,usec=1,usec_per_call=1.00',
    'cmdstat_info:calls=5,usec=1,usec_per_call=1.00',
  ].join('\r\n');
  expect(redisCommands(info)).toEqual({ sent: 12, all: 42 });
});

test('self time by file and by function, idle time left out', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'bench-profile-')), 'x.cpuprofile');
  const node = (id: number, functionName: string, url: string): unknown => ({
    id,
    callFrame: { functionName, url, lineNumber: 4 },
  });
  const nodes = [
    node(1, '(idle)', ''),
    node(2, 'f', 'file:///a/b/c/d.ts'),
    node(3, 'g', 'file:///a/b/c/d.ts'),
    node(4, '', 'file:///a/node_modules/e/f.js'),
  ];
  writeFileSync(file, JSON.stringify({ nodes, samples: [1, 2, 3, 4, 2], timeDeltas: [900, 10, 20, 50, 20] }));
  expect(selfTimes(file, 'file').map(({ where, part }) => [where, part])).toEqual([
    ['b/c/d.ts', 0.5],
    ['e/f.js', 0.5],
  ]);
  expect(selfTimes(file, 'function').map(({ where, part }) => [where, part])).toEqual([
    ['(anonymous) e/f.js:5', 0.5],
    ['f b/c/d.ts:5', 0.3],
    ['g b/c/d.ts:5', 0.2],
  ]);
});

test('options: sizes are whole numbers', () => {
  expect(realOptions(['drain', '--records', '5000', '--rates', '10,20', '--try'])).toMatchObject({
    scenarios: ['drain'],
    records: 5_000,
    rates: [10, 20],
    trial: true,
  });
  expect(() => realOptions(['--records', '1.5'])).toThrow(/--records is 1.5/);
  expect(() => realOptions(['--rates', '10,x'])).toThrow(/--rates is x/);
  const unknown = (): unknown => realOptions(['drain', '--fast']);
  expect(unknown).toThrow(/Unknown option '--fast'/);
  expect(unknown).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('with another number of partitions a scenario is another one', () => {
  const titled = (...args: string[]): string => titleOf({ title: 'Drain' }, realOptions(args));
  expect([titled(), titled('--partitions', '12'), titled('--partitions', '6')]).toEqual([
    'Drain',
    'Drain',
    'Drain, 6 partitions',
  ]);
  expect(() => realOptions(['--partitions', '0'])).toThrow(/--partitions is 0/);
});
