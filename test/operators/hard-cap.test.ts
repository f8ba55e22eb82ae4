import { describe, expect, test } from 'vitest';
import { openBlock } from '../../operators/patient-window/block.ts';
import { hours, unlimited } from '../../topology/model/time.ts';
import { HOUR, MINUTE, rr, sbp, T0 } from './events.ts';
import { folded, Journal, story } from './journal.ts';

const cap = { met: 20, ids: 40 };
const entries = (journal: Journal): number => openBlock(journal.window ?? new Uint8Array()).entryCount;
const minutely = (count: number, value: number) =>
  Array.from({ length: count }, (_, i) => rr(`r${i}`, T0 + i * MINUTE, value));

describe('the hard cap on what one patient may hold', () => {
  test('normal values may be as many as ids, abnormal ones fewer', () => {
    expect(entries(new Journal({ cap }).addAll(minutely(40, 16)))).toBe(40);
    expect(entries(new Journal({ cap }).addAll(minutely(41, 16)))).toBe(40);
    expect(entries(new Journal({ cap }).addAll(minutely(20, 30)))).toBe(20);
    expect(entries(new Journal({ cap }).addAll(minutely(21, 30)))).toBe(20);
  });

  test('what is dropped is counted, and the alert says so', () => {
    const journal = new Journal({ cap }).addAll(minutely(30, 30));
    journal.add(sbp('s', T0 + 30 * MINUTE, 80));
    expect(openBlock(journal.window ?? new Uint8Array()).capped).toBe(11);
    expect(journal.alerts.at(-1)?.evidenceCapped).toBe(11);
  });

  test('an open episode goes on over dropped evidence, with its start', () => {
    const twice = minutely(60, 30).flatMap((rate, i) => [rate, sbp(`s${i}`, T0 + i * MINUTE, 80)]);
    const journal = new Journal({ cap }).addAll(twice);
    expect(folded(journal.alerts)).toMatchObject([
      { start: T0, peak: 2, end: T0 + 59 * MINUTE + 6 * HOUR + 1 },
    ]);
    expect(folded(journal.alerts)[0]?.evidenceCapped).toBe(100);
  });

  test('a fact older than what the cap left is refused and counted, never silently', () => {
    const journal = new Journal({ cap }).addAll(minutely(30, 30));
    const before = openBlock(journal.window ?? new Uint8Array()).capped;
    journal.add(sbp('old', T0, 80));
    expect(openBlock(journal.window ?? new Uint8Array()).capped).toBe(before + 1);
    expect(entries(journal)).toBe(20);
  });

  test('thousands of facts at one instant neither throw nor hide what follows', () => {
    const journal = new Journal();
    for (let i = 0; i < 2_100; i++) journal.add(rr(`r${i}`, T0, 30));
    journal.add(rr('next', T0 + MINUTE, 30));
    journal.add(sbp('s', T0 + 2 * MINUTE, 80));
    expect(folded(journal.alerts)).toHaveLength(1);
    expect(journal.alerts[0]?.status).toBe('RAISED');
  });

  test('an alert whose time was settled by the cap before it ended is still resolved, by time or by tick', () => {
    const burst = [sbp('s', T0 - HOUR, 80), ...Array.from({ length: 21 }, (_, i) => rr(`r${i}`, T0, 30))];
    const end = T0 + 5 * HOUR + 1;
    const byTime = new Journal({ cap }).addAll([...burst, rr('a', T0 + HOUR, 16), rr('b', end, 16)]);
    expect(folded(byTime.alerts)).toMatchObject([{ status: 'RESOLVED', end }]);
    const byTick = new Journal({ cap }).addAll([...burst, rr('a', T0 + HOUR, 16)]);
    expect(story(byTick.tick(end - 1))).toEqual([]);
    expect(story(byTick.tick(end))).toEqual(['RESOLVED WINDOW_EMPTIED']);
    byTick.add(rr('b', end + HOUR, 16));
    expect(byTick.alerts.filter(({ status }) => status === 'RESOLVED')).toHaveLength(1);
    expect(byTick.alerts.some(({ status }) => status === 'RETRACTED')).toBe(false);
  });

  test('there is none with unlimited lateness', () => {
    const journal = new Journal({ cap, lateness: unlimited }).addAll(minutely(100, 30));
    expect(entries(journal)).toBe(100);
  });

  test('facts leave by age long before the cap where there are few', () => {
    const journal = new Journal({ cap, lateness: hours(1) });
    for (let i = 0; i < 100; i++) journal.add(rr(`r${i}`, T0 + i * HOUR, 30));
    expect(openBlock(journal.window ?? new Uint8Array()).capped).toBe(0);
    expect(entries(journal)).toBe(8);
  });
});
