import { expect, test } from 'vitest';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import type { GivenEvent } from '../../servers/pagerduty/event-rules.ts';
import type { Fault } from '../../servers/pagerduty/faults.ts';
import { HOUR, MINUTE, resolved } from './alerts.ts';
import { faultsOfPaging } from './paging-verdict.ts';
import { topicsInMemory } from './sink-world.ts';
import { patient, type StormRig } from './storm-rig.ts';
import { useStorm } from './use-storm.ts';

const topics = await topicsInMemory();
let it: StormRig;
const start = useStorm(topics);

const END = 24 * HOUR;
const HARMLESS = 'sepsis-streams-start';
const idOf = (n: number): string => patient(n, 0).alertId;
/** Patients of these numbers, who are positive for longer than any test takes. */
const positive = (...numbers: readonly number[]): SepsisAlert[] =>
  numbers.map((n) => patient(n, it.time.now, { end: it.time.now + END }));

/** Begins with a PagerDuty that answers the triggers of some patients with a fault, and takes all else. */
async function beginWith(fault: Fault, ...bad: readonly number[]): Promise<void> {
  it = await start();
  const keys = new Set(bad.map(idOf));
  it.server.faults = ({ event }) =>
    event?.event_action === 'trigger' && keys.has(event.dedup_key ?? '') ? fault : undefined;
  it.member();
}

const takenOf = (...numbers: readonly number[]): boolean =>
  numbers.every((n) => it.server.taken.some(({ dedup_key: key }) => key === idOf(n)));

const triesOf = (n: number): number[] =>
  it.server.requests.flatMap(({ at, event }) => (event?.dedup_key === idOf(n) ? [at] : []));

const pausesOf = (n: number): number[] =>
  triesOf(n).flatMap((at, i, all) => (i === 0 ? [] : [at - (all[i - 1] ?? 0)]));

const isHarmless = ({ event_action: action, dedup_key: key }: GivenEvent): boolean =>
  action === 'resolve' && key === HARMLESS;

const OTHERS = [1, 2, 3, 4, 5];

const ANSWERS: Readonly<Record<string, { readonly fault: Fault; readonly told: string }>> = {
  'a filter between answers 403': {
    fault: { kind: 'answer', status: 403, body: 'Blocked' },
    told: 'retrying pagerduty-key-refused 403',
  },
  'PagerDuty answers 500': {
    fault: { kind: 'answer', status: 500 },
    told: 'retrying pagerduty-unavailable 500',
  },
  'the connection is reset': {
    fault: { kind: 'reset', taken: false },
    told: 'retrying pagerduty-unavailable ECONNRESET',
  },
};

test.each(Object.entries(ANSWERS))(
  '%s to one page: the others of the key are paged within seconds, and it is tried on until it is taken',
  async (_what, { fault, told }) => {
    await beginWith(fault, 0);
    const began = it.time.now;
    const alerts = positive(0);
    it.world.append(began, ...alerts);
    await it.pass(100);
    alerts.push(...positive(...OTHERS));
    it.world.append(it.time.now, ...alerts.slice(1));
    await it.pass(5_000);
    expect(takenOf(...OTHERS)).toBe(true);
    await it.pass(20 * MINUTE);
    // As it is tried, so it is told.
    expect(it.world.told.filter((line) => line === told)).toHaveLength(triesOf(0).length);
    const pauses = pausesOf(0).slice(4);
    expect(pauses.length).toBeGreaterThan(20);
    for (const [i, pause] of pauses.entries())
      expect(pause).toBeGreaterThanOrEqual(Math.min(pauses[i - 1] ?? 0, 30_000));
    expect(Math.max(...pauses)).toBeLessThan(MINUTE + 1_000);
    // Whoever comes later does not wait for it either.
    alerts.push(...positive(6));
    it.world.append(it.time.now, ...alerts.slice(-1));
    await it.pass(1_000);
    expect(takenOf(6)).toBe(true);
    // The key was asked once, when nobody else had been taken.
    expect(it.server.incidents.dropped.map(isHarmless)).toEqual([true]);
    it.server.faults = () => undefined;
    const ended = it.time.now;
    await it.carriedOut();
    expect(it.time.now - ended).toBeLessThan(MINUTE + 1_000);
    expect(faultsOfPaging({ alerts, incidents: it.server.incidents.all, audit: it.world.audit })).toEqual([]);
    expect(it.world.dead).toEqual([]);
  },
);

test('its page is not taken back before it is taken, while those of others are', async () => {
  await beginWith({ kind: 'answer', status: 403 }, 0);
  const alerts = positive(0, ...OTHERS);
  it.world.append(it.time.now, ...alerts);
  await it.pass(MINUTE);
  const over = alerts.map((alert) => resolved({ ...alert, status: 'RESOLVED', reason: 'WINDOW_EMPTIED' }));
  it.world.append(it.time.now, ...over);
  await it.pass(30 * MINUTE);
  const open = (): number => it.server.incidents.all.filter(({ status }) => status !== 'resolved').length;
  expect([it.server.incidents.all.length, open()]).toEqual([OTHERS.length, 0]);
  expect(it.server.requests.filter(({ event }) => event?.dedup_key === idOf(0))).not.toEqual([]);
  it.server.faults = () => undefined;
  await it.carriedOut();
  const own = it.server.taken.filter(({ dedup_key: key }) => key === idOf(0));
  expect(own.map(({ event_action: action }) => action)).toEqual(['trigger', 'resolve']);
  alerts.push(...over);
  expect(faultsOfPaging({ alerts, incidents: it.server.incidents.all, audit: it.world.audit })).toEqual([]);
});

test('two that are never taken hold nobody up, wherever they stand', async () => {
  await beginWith({ kind: 'answer', status: 500 }, 0, 3);
  it.world.append(it.time.now, ...positive(0));
  await it.pass(1_000);
  it.world.append(it.time.now, ...positive(1, 2, 3, 4, 5));
  await it.pass(10_000);
  expect(takenOf(1, 2, 4, 5)).toBe(true);
  expect(takenOf(0) || takenOf(3)).toBe(false);
});

test('nor do forty, once that is known: a new page is taken within a second, and the rate of the key is kept', async () => {
  const bad = Array.from({ length: 40 }, (_, i) => i);
  await beginWith({ kind: 'answer', status: 403 }, ...bad);
  it.world.append(it.time.now, ...positive(...bad));
  // Until it is known of each of them.
  await it.pass(2 * MINUTE);
  const waits: number[] = [];
  for (let n = 100; n < 120; n++) {
    const written = it.time.now;
    it.world.append(written, ...positive(n));
    await it.until(() => takenOf(n));
    waits.push(it.time.now - written);
    await it.pass(7_000);
  }
  expect(Math.max(...waits)).toBeLessThan(1_000);
  const at = it.server.requests.map((request) => request.at);
  const most = Math.max(...at.map((from) => at.filter((one) => one >= from && one < from + MINUTE).length));
  expect(most).toBeLessThanOrEqual(120);
  for (const n of bad) expect(triesOf(n).filter((one) => one > it.time.now - 3 * MINUTE)).not.toEqual([]);
});

test('nor does what takes a page back and is never taken', async () => {
  it = await start();
  it.member();
  const alerts = positive(0, ...OTHERS);
  it.world.append(it.time.now, ...alerts);
  await it.carriedOut();
  it.server.faults = ({ event }) =>
    event?.event_action === 'resolve' && event.dedup_key === idOf(0)
      ? { kind: 'answer', status: 500 }
      : undefined;
  const [first, ...others] = alerts.map((alert) =>
    resolved({ ...alert, status: 'RESOLVED', reason: 'WINDOW_EMPTIED' }),
  );
  it.world.append(it.time.now, first!);
  await it.pass(1_000);
  it.world.append(it.time.now, ...others);
  await it.pass(5_000);
  const open = (): string[] =>
    it.server.incidents.all.flatMap(({ key, status }) => (status === 'resolved' ? [] : [key]));
  expect(open()).toEqual([idOf(0)]);
  it.server.faults = () => undefined;
  await it.carriedOut();
  expect(open()).toEqual([]);
});

test('in an outage one page is tried, and the key is asked; no other is begun before it is over', async () => {
  it = await start();
  it.server.faults = () => ({ kind: 'answer', status: 503 });
  it.member();
  it.world.append(it.time.now, ...positive(0));
  await it.pass(100);
  it.world.append(it.time.now, ...positive(...OTHERS));
  await it.pass(2 * HOUR);
  const asked = new Set(it.server.requests.map(({ event }) => event?.dedup_key));
  expect(asked).toEqual(new Set([idOf(0), HARMLESS]));
  // With the pauses that there were before: the last of them are all 45 s, by this chance.
  const at = it.server.requests.map((request) => request.at);
  const pauses = at.slice(-100).map((one, i, all) => one - (all[i - 1] ?? one - 45_000));
  expect(Math.min(...pauses)).toBeGreaterThan(44_000);
  expect(Math.max(...pauses)).toBeLessThan(46_000);
  expect(triesOf(0).length).toBeGreaterThan(at.length / 2);
  const ended = it.time.now;
  it.server.faults = () => undefined;
  await it.carriedOut();
  expect(it.time.now - ended).toBeLessThan(MINUTE);
  expect(takenOf(0, ...OTHERS)).toBe(true);
});
