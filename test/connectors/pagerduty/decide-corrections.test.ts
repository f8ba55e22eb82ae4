import { describe, expect, test } from 'vitest';
import { alertOf, escalated, HOUR, NOON, resolved, retracted, updated } from './alerts.ts';
import { Paging } from './paging.ts';

const B1 = 'b1'.repeat(32);

describe('a correction', () => {
  test('that leaves nothing takes every page back', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    paging.at(NOON, escalated());
    expect(paging.at(NOON, retracted())).toEqual([
      'resolve a1 data-corrected',
      'resolve a1:3 data-corrected',
    ]);
  });

  test('that lowers the score takes back what was said of it, and a rise is news again', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    paging.at(NOON, escalated());
    expect(paging.at(NOON, updated({ reason: 'DATA_CORRECTED' }))).toEqual(['resolve a1:3 data-corrected']);
    expect(paging.live).toEqual(['a1']);
    expect(paging.at(NOON, escalated())).toEqual(['trigger a1:3.2 score']);
  });

  test('that shortens it to the past says so', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    expect(paging.at(NOON, resolved({ reason: 'DATA_CORRECTED' }))).toEqual(['resolve a1 data-corrected']);
  });

  test('that is taken back pages again, under a key that was never used', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    paging.at(NOON, retracted());
    expect(paging.at(NOON, alertOf())).toEqual(['trigger a1:again onset']);
  });
});

describe('episodes that merge', () => {
  const merged = (into: string) => retracted({ alertId: B1, reason: 'MERGED', survivorAlertId: into });
  const second = { alertId: B1, start: NOON + 10 * HOUR, end: NOON + 16 * HOUR };

  test('share the page that is open: it is taken back when the whole is over', () => {
    const paging = new Paging();
    const at = NOON + 11 * HOUR;
    paging.at(NOON, alertOf());
    paging.at(NOON + 6 * HOUR, resolved());
    expect(paging.at(NOON + 10 * HOUR, alertOf(second))).toEqual(['trigger b1 onset']);
    const whole = updated({ reason: 'EVIDENCE_CHANGED', end: second.end });
    expect(paging.at(at, whole, merged('a1'.repeat(32)))).toEqual(['nothing b1 merged']);
    expect(paging.live).toEqual(['b1']);
    expect(paging.respond(B1, 'acknowledged', at)).toBe(true);
    expect(paging.at(second.end, resolved({ end: second.end }))).toEqual(['resolve b1 window-emptied']);
  });

  test('whose survivor is over take their pages back', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    paging.at(NOON + 6 * HOUR, resolved());
    paging.at(NOON + 10 * HOUR, alertOf(second));
    expect(paging.at(NOON + 10 * HOUR, merged('a1'.repeat(32)))).toEqual(['resolve b1 merged']);
  });

  test('whose survivor nobody knows take their pages back', () => {
    const paging = new Paging();
    paging.at(NOON + 10 * HOUR, alertOf(second));
    expect(paging.at(NOON + 10 * HOUR, merged('ff'.repeat(32)))).toEqual(['resolve b1 merged']);
  });

  test('into one that nobody was told of, hold what people resolved: it is paged for nothing but worse', () => {
    const paging = new Paging();
    const at = NOON + 10 * HOUR;
    // It was over before anybody heard of it.
    expect(paging.at(at, alertOf())).toEqual(['nothing a1 past-episode']);
    expect(paging.at(at, alertOf(second))).toEqual(['trigger b1 onset']);
    expect(paging.respond(B1, 'resolved', at)).toBe(true);
    const whole = updated({ end: NOON + 30 * HOUR });
    expect(paging.at(at + HOUR, whole, merged('a1'.repeat(32)))).toEqual(['nothing b1 merged']);
    expect(paging.at(at + 8 * HOUR - 1, whole)).toEqual([]);
    const worse = escalated({ end: NOON + 30 * HOUR });
    expect(paging.at(at + 8 * HOUR - 1, worse)).toEqual(['trigger a1:3 score']);
  });

  test('are paged for again when what people resolved holds no longer', () => {
    const paging = new Paging();
    const at = NOON + 10 * HOUR;
    paging.at(at, alertOf());
    paging.at(at, alertOf(second));
    paging.respond(B1, 'resolved', at);
    const whole = updated({ end: NOON + 30 * HOUR });
    paging.at(at + HOUR, whole, merged('a1'.repeat(32)));
    expect(paging.at(at + 8 * HOUR, whole)).toEqual(['trigger a1 again']);
  });
});
