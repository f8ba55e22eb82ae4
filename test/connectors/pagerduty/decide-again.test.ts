import { describe, expect, test } from 'vitest';
import {
  alertOf,
  escalated,
  HOUR,
  LOW,
  lactateOf,
  MINUTE,
  NOON,
  resolved,
  retracted,
  updated,
} from './alerts.ts';
import { Paging } from './paging.ts';

const B1 = 'b1'.repeat(32);
const EIGHT = 8 * HOUR;

describe('positive again within an hour', () => {
  const end = NOON + 6 * HOUR;
  const paged = (): Paging => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    paging.at(end, resolved());
    return paging;
  };
  const again = (start: number, own = {}) => alertOf({ alertId: B1, start, end: start + 6 * HOUR, ...own });

  test('is the same episode: nobody is paged, and that is noted once', () => {
    const paging = paged();
    expect(paging.at(end + HOUR, again(end + HOUR))).toEqual(['nothing b1 refractory']);
    expect(paging.at(end + HOUR, updated({ ...again(end + HOUR), status: 'UPDATED' }))).toEqual([]);
    expect(paging.at(end + 7 * HOUR, resolved({ ...again(end + HOUR), status: 'RESOLVED' }))).toEqual([]);
  });

  test('and a millisecond later is a new one', () => {
    expect(paged().at(end + HOUR + 1, again(end + HOUR + 1))).toEqual(['trigger b1 onset']);
  });

  test.each([
    ['a higher score', { peak: 3, score: 3 }],
    ['a high lactate', lactateOf(4, end)],
    ['hypotension', LOW],
  ])('is paged for %s', (_what, own) => {
    expect(paged().at(end + HOUR, again(end + HOUR, own))).toEqual(['trigger b1 onset']);
  });

  test('is paged for when it becomes worse than the team was told', () => {
    const paging = paged();
    const alert = again(end + HOUR);
    paging.at(end + HOUR, alert);
    expect(paging.at(end + HOUR, escalated({ ...alert, status: 'ESCALATED', peak: 3 }))).toEqual([
      'trigger b1:3 score',
    ]);
  });

  test('and the score that was paged before, is no news', () => {
    const paging = new Paging();
    paging.at(NOON, escalated());
    paging.at(end, resolved({ peak: 3 }));
    const alert = again(end + HOUR);
    expect(paging.at(end + HOUR, alert)).toEqual(['nothing b1 refractory']);
    expect(paging.at(end + HOUR, escalated({ ...alert, status: 'ESCALATED', peak: 3 }))).toEqual([]);
  });

  test('does not go on for ever: eight hours after the last page somebody is paged again', () => {
    const paging = paged();
    const alert = again(end + HOUR, { end: NOON + 20 * HOUR });
    paging.at(end + HOUR, alert);
    expect(paging.at(NOON + EIGHT - 1, updated({ ...alert, status: 'UPDATED' }))).toEqual([]);
    expect(paging.at(NOON + EIGHT, updated({ ...alert, status: 'UPDATED' }))).toEqual(['trigger b1 again']);
  });

  test('one after the other, the time of the last page counts', () => {
    const paging = paged();
    const first = again(end + HOUR, { end: end + 90 * MINUTE });
    paging.at(end + HOUR, first);
    paging.at(end + 90 * MINUTE, { ...first, status: 'RESOLVED', reason: 'WINDOW_EMPTIED' });
    const C1 = 'c1'.repeat(32);
    const second = { ...first, alertId: C1, start: NOON + 7.9 * HOUR, end: NOON + 20 * HOUR };
    expect(paging.at(NOON + 7.9 * HOUR, second)).toEqual(['nothing c1 refractory']);
    expect(paging.at(NOON + 8 * HOUR, { ...second, status: 'UPDATED' })).toEqual(['trigger c1 again']);
  });

  test('of the same alert, because late values filled the gap, is the same episode too', () => {
    const paging = paged();
    expect(paging.at(end + 10 * MINUTE, updated({ end: NOON + 10 * HOUR }))).toEqual([
      'nothing a1 refractory',
    ]);
    expect(paging.at(NOON + 8 * HOUR, updated({ end: NOON + 10 * HOUR }))).toEqual([
      'trigger a1:again again',
    ]);
  });

  test('after a correction took the first page back, is news', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    expect(paging.at(NOON + MINUTE, retracted())).toEqual(['resolve a1 data-corrected']);
    expect(paging.at(NOON + 2 * MINUTE, again(NOON + 2 * MINUTE))).toEqual(['trigger b1 onset']);
  });
});

describe('an acknowledged page', () => {
  const long = { end: NOON + 40 * HOUR };

  test('stands for eight hours, then whoever is still positive is paged for', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf(long));
    expect(paging.respond('a1'.repeat(32), 'acknowledged', NOON + HOUR)).toBe(true);
    expect(paging.respond('a1'.repeat(32), 'acknowledged', NOON + 2 * HOUR)).toBe(false);
    expect(paging.at(NOON + HOUR + EIGHT - 1, updated(long))).toEqual([]);
    expect(paging.at(NOON + HOUR + EIGHT, updated(long))).toEqual(['trigger a1:again again']);
    expect(paging.at(NOON + HOUR + EIGHT, updated(long))).toEqual([]);
    expect(paging.live).toEqual(['a1', 'a1:again']);
    expect(paging.respond(`${'a1'.repeat(32)}:again`, 'acknowledged', NOON + 10 * HOUR)).toBe(true);
    expect(paging.at(NOON + 10 * HOUR + EIGHT, updated(long))).toEqual(['trigger a1:again.2 again']);
    expect(paging.at(NOON + 40 * HOUR, resolved(long))).toEqual([
      'resolve a1 window-emptied',
      'resolve a1:again window-emptied',
      'resolve a1:again.2 window-emptied',
    ]);
  });

  test('says nothing of what gets worse', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    paging.respond('a1'.repeat(32), 'acknowledged');
    expect(paging.at(NOON, escalated())).toEqual(['trigger a1:3 score']);
  });

  test('that a person resolved stands as long, and is not taken back once more', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf(long));
    expect(paging.respond('a1'.repeat(32), 'resolved', NOON + HOUR)).toBe(true);
    expect(paging.respond('a1'.repeat(32), 'acknowledged', NOON + HOUR)).toBe(false);
    expect(paging.at(NOON + 2 * HOUR, updated(long))).toEqual([]);
    expect(paging.at(NOON + 2 * HOUR, escalated(long))).toEqual(['trigger a1:3 score']);
    expect(paging.at(NOON + 20 * HOUR, resolved({ ...long, peak: 3 }))).toEqual([
      'resolve a1:3 window-emptied',
    ]);
  });

  test('that a person resolved: after eight hours somebody is paged again', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf(long));
    paging.respond('a1'.repeat(32), 'resolved', NOON + HOUR);
    expect(paging.at(NOON + HOUR + EIGHT, updated(long))).toEqual(['trigger a1:again again']);
  });

  test('nobody knows the key: nothing changes', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    expect(paging.respond('x', 'acknowledged')).toBe(false);
  });
});

describe('a time of quiet, in which something got worse by mistake,', () => {
  const end = NOON + 6 * HOUR;
  const long = { end: NOON + 40 * HOUR };
  const wrong = (id: string): string[] => [`resolve ${id}:3 data-corrected`];

  test('that follows the last episode goes on when the mistake is corrected', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    paging.at(end, resolved());
    const alert = { ...alertOf({ alertId: B1, start: end, ...long }), status: 'UPDATED' as const };
    expect(paging.at(end, alert)).toEqual(['nothing b1 refractory']);
    expect(paging.at(end + HOUR, { ...alert, peak: 3 })).toEqual(['trigger b1:3 score']);
    expect(paging.at(end + HOUR, alert)).toEqual(wrong('b1'));
    expect(paging.at(NOON + EIGHT - 1, alert)).toEqual([]);
    expect(paging.at(NOON + EIGHT, alert)).toEqual(['trigger b1 again']);
  });

  test('that a person began goes on when the mistake is corrected', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf(long));
    paging.respond('a1'.repeat(32), 'resolved', NOON + HOUR);
    expect(paging.at(NOON + 2 * HOUR, escalated(long))).toEqual(['trigger a1:3 score']);
    expect(paging.at(NOON + 3 * HOUR, updated(long))).toEqual(wrong('a1'));
    expect(paging.at(NOON + HOUR + EIGHT - 1, updated(long))).toEqual([]);
    // What is worse still pages.
    expect(paging.at(NOON + HOUR + EIGHT - 1, escalated(long))).toEqual(['trigger a1:3.2 score']);
    expect(paging.at(NOON + HOUR + EIGHT, updated(long))).toEqual([
      'trigger a1:again again',
      'resolve a1:3.2 data-corrected',
    ]);
  });

  test('is no longer for it, in an episode that follows', () => {
    const paging = new Paging();
    const own = { alertId: B1, start: end, end: NOON + 7 * HOUR };
    paging.at(NOON, alertOf());
    paging.at(end, resolved());
    paging.at(end, alertOf(own));
    paging.at(end, escalated(own));
    expect(paging.at(end, updated(own))).toEqual(wrong('b1'));
    expect(paging.at(NOON + 7 * HOUR, resolved(own))).toEqual([]);
    const next = { alertId: 'c1'.repeat(32), start: NOON + 7 * HOUR, ...long };
    expect(paging.at(NOON + EIGHT, alertOf(next))).toEqual(['trigger c1 onset']);
  });
});
