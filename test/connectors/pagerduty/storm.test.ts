import { expect, test } from 'vitest';
import { fraction } from '../../../connectors/memory/simulation/chance.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import type { Fault } from '../../servers/pagerduty/faults.ts';
import { escalated, MINUTE, NOON } from './alerts.ts';
import { faultsOfPaging } from './paging-verdict.ts';
import { topicsInMemory } from './sink-world.ts';
import { patient, type StormRig } from './storm-rig.ts';
import { useStorm } from './use-storm.ts';

const topics = await topicsInMemory();
const begin = useStorm(topics);

const patients = (n: number, now: number): SepsisAlert[] =>
  Array.from({ length: n }, (_, i) => patient(i, now));

const over = (alert: SepsisAlert): SepsisAlert => ({
  ...alert,
  status: 'RESOLVED',
  reason: 'WINDOW_EMPTIED',
  peak: 3,
});

/** How long each trigger waited, in milliseconds, sorted: from when it was written to when it was taken. */
function waits({ server }: StormRig, written: ReadonlyMap<string, number>): number[] {
  return server.incidents.all
    .flatMap(({ key, opened }) => {
      const at = written.get(key);
      return at === undefined ? [] : [opened - at];
    })
    .toSorted((a, b) => a - b);
}

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? 0;

test('500 alerts at once through one key: all are delivered, within the limit, none twice', async () => {
  const it = await begin();
  const { world, server } = it;
  it.member();
  const alerts = patients(500, NOON);
  world.append(NOON, ...alerts);
  await it.carriedOut();
  expect(faultsOfPaging({ alerts, incidents: server.incidents.all, audit: world.audit })).toEqual([]);
  expect(server.requests.map(({ status }) => status)).toEqual(Array.from({ length: 500 }, () => 202));
  const sorted = waits(it, new Map(alerts.map(({ alertId }) => [alertId, NOON])));
  // 120 at once, and as many in each minute after: the last waits for four of them.
  expect(sorted[119]).toBeLessThan(1_000);
  expect(p99(sorted)).toBeLessThan(4 * 61_000 + 2_000);
  process.stdout.write(`500 through one key: p50 ${sorted[250]} ms, p99 ${p99(sorted)} ms of virtual time\n`);
});

test('a new trigger waits for no resolve: of 400 that are taken back at once it waits less than 2 s', async () => {
  const it = await begin();
  const { world, server } = it;
  it.member();
  world.append(NOON, ...patients(400, NOON));
  await it.carriedOut();
  await it.pass(2 * MINUTE);
  const since = it.time.now;
  world.append(since, ...patients(400, NOON).map(over));
  const written = new Map<string, number>();
  for (let i = 0; i < 20; i++) {
    await it.pass(10_000);
    const alert = patient(1_000 + i, it.time.now);
    written.set(alert.alertId, it.time.now);
    world.append(it.time.now, alert);
  }
  await it.carriedOut();
  const sorted = waits(it, written);
  expect(sorted).toHaveLength(20);
  process.stdout.write(
    `behind 400 resolves: p50 ${sorted[10]} ms, longest ${sorted.at(-1)} ms of virtual time\n`,
  );
  expect(sorted.at(-1)).toBeLessThan(2_000);
  expect(server.requests.every(({ status }) => status === 202)).toBe(true);
  // There was a queue to overtake: the resolves alone need four minutes.
  const last = Math.max(...server.incidents.all.map(({ resolved: at = 0 }) => at));
  expect(last - since).toBeGreaterThan(3 * MINUTE);
});

const answer = (status: number, headers: Record<string, string> = {}, body = ''): Fault => ({
  kind: 'answer',
  status,
  headers,
  body,
});
const HTML = { 'content-type': 'text/html' };

const STORMS: Readonly<Record<string, (at: number, n: number) => Fault | undefined>> = {
  '429 without a word for three minutes': (at) => (at < 3 * MINUTE ? answer(429) : undefined),
  '429 that says how long to wait, for five minutes': (at) =>
    at < 5 * MINUTE ? answer(429, { 'retry-after': '45' }) : undefined,
  '503 for ten minutes': (at) => (at < 10 * MINUTE ? answer(503) : undefined),
  'resets before and after the event was taken': (at, n) =>
    at < 10 * MINUTE && n % 3 !== 0 ? { kind: 'reset', taken: n % 3 === 1 } : undefined,
  'half-open connections': (at, n) =>
    at < 10 * MINUTE && n % 2 === 0 ? { kind: 'silence', taken: n % 4 === 0 } : undefined,
  'bodies that never end': (at, n) => (at < 10 * MINUTE && n % 2 === 0 ? { kind: 'slow-body' } : undefined),
  'a gate-keeper with a page': (at) =>
    at < 5 * MINUTE ? answer(202, HTML, '<html>Please log in</html>') : undefined,
  'all of them': (at, n) => {
    const drawn = fraction(7, `${n}`);
    if (at > 15 * MINUTE || drawn > 0.7) return undefined;
    const kinds: Fault[] = [
      answer(500),
      answer(429),
      answer(503, { 'retry-after': '5' }),
      answer(202, HTML, '<html>'),
      { kind: 'reset', taken: true },
      { kind: 'reset', taken: false },
      { kind: 'silence', taken: true },
      { kind: 'slow-body' },
    ];
    return kinds[n % kinds.length];
  },
};

const HALF = 100;

test.each(Object.entries(STORMS))(
  '%s: 200 alerts are all delivered, none twice, in order',
  async (_what, storm) => {
    const it = await begin();
    const { world, server } = it;
    const began = it.time.now;
    server.faults = ({ number }) => storm(it.time.now - began, number);
    it.member({ rate: 600 });
    const alerts: SepsisAlert[] = [];
    const write = (...some: SepsisAlert[]): void => {
      alerts.push(...some);
      world.append(it.time.now, ...some);
    };
    write(...patients(HALF, NOON));
    await it.pass(2 * MINUTE);
    write(
      ...patients(HALF, NOON)
        .filter((_, i) => i % 4 === 0)
        .map((one) => escalated({ ...one, status: 'ESCALATED', peak: 3, score: 3 })),
    );
    write(...Array.from({ length: HALF }, (_, i) => patient(500 + i, it.time.now)));
    await it.pass(20 * MINUTE);
    await it.carriedOut();
    write(...patients(HALF, NOON).map(over));
    await it.carriedOut();
    expect(faultsOfPaging({ alerts, incidents: server.incidents.all, audit: world.audit })).toEqual([]);
    expect(world.dead).toEqual([]);
    expect(server.incidents.all.filter(({ status }) => status !== 'resolved')).toHaveLength(HALF);
  },
);
