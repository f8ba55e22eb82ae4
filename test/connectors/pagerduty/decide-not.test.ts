import { describe, expect, test } from 'vitest';
import { alertOf, escalated, HOUR, lactateOf, MINUTE, NOON, resolved, updated } from './alerts.ts';
import { Paging } from './paging.ts';

const B1 = 'b1'.repeat(32);
const EIGHT = 8 * HOUR;

describe('discharge', () => {
  const gone = (at: number) => ({ encounterDetail: { ...alertOf().encounterDetail!, end: at } });

  test('takes the page back, and nobody is paged afterwards', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    expect(paging.at(NOON + HOUR, updated(gone(NOON + HOUR)))).toEqual(['resolve a1 discharged']);
    expect(paging.at(NOON + HOUR, escalated(gone(NOON + HOUR)))).toEqual(['nothing a1 discharged']);
    expect(paging.at(NOON + HOUR, escalated(gone(NOON + HOUR)))).toEqual([]);
    expect(paging.at(NOON + 6 * HOUR, resolved(gone(NOON + HOUR)))).toEqual([]);
  });

  test('of somebody who is still there is no discharge', () => {
    const paging = new Paging();
    expect(paging.at(NOON, alertOf(gone(NOON + 1)))).toEqual(['trigger a1 onset']);
  });

  test('that is taken back, or followed by another stay, is news', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    paging.at(NOON + HOUR, updated(gone(NOON + HOUR)));
    expect(paging.at(NOON + 2 * HOUR, updated())).toEqual(['trigger a1:again again']);
  });
});

describe('what is past', () => {
  test('is not paged for; when late values make it last until now, it is', () => {
    const paging = new Paging();
    const past = { start: NOON - 9 * HOUR, end: NOON - 2 * HOUR };
    expect(paging.at(NOON, alertOf(past))).toEqual(['nothing a1 past-episode']);
    expect(paging.at(NOON, updated(past))).toEqual([]);
    expect(paging.at(NOON, updated({ start: NOON - 9 * HOUR, end: NOON + HOUR }))).toEqual([
      'trigger a1 onset',
    ]);
  });

  test('and resolved at once, is a past episode', () => {
    const past = { start: NOON - 9 * HOUR, end: NOON - 2 * HOUR };
    expect(new Paging().at(NOON, alertOf(past), resolved(past))).toEqual(['nothing a1 past-episode']);
  });

  test('nobody was told of: positive again within an hour is news', () => {
    const paging = new Paging();
    const past = { start: NOON - 9 * HOUR, end: NOON - 10 * MINUTE };
    paging.at(NOON, alertOf(past), resolved(past));
    expect(paging.at(NOON, alertOf({ alertId: B1 }))).toEqual(['trigger b1 onset']);
  });

  test('what was written more than six hours ago is too old', () => {
    const long = alertOf({ end: NOON + 20 * HOUR });
    expect(new Paging().looked(NOON + 6 * HOUR, NOON, long)).toEqual(['trigger a1 onset']);
    const paging = new Paging();
    expect(paging.looked(NOON + 6 * HOUR + 1, NOON, long)).toEqual(['nothing a1 too-old']);
    // There is news of it, and it still holds: whoever could not be reached for so long is paged now.
    expect(paging.at(NOON + 7 * HOUR, updated({ end: NOON + 20 * HOUR }))).toEqual(['trigger a1 onset']);
  });
});

describe('a start', () => {
  const long = { start: NOON - 72 * HOUR, end: NOON + 6 * HOUR };

  test('pages nothing of what was raised long before, though it lasts; what gets worse is paged', () => {
    const paging = new Paging({ began: NOON });
    expect(paging.looked(NOON, NOON - 72 * HOUR, alertOf(long))).toEqual(['nothing a1 too-old']);
    expect(paging.at(NOON, updated(long))).toEqual([]);
    expect(paging.at(NOON + HOUR, updated({ ...long, ...lactateOf(4) }))).toEqual([
      'trigger a1:lactate lactate',
    ]);
  });

  test('what was raised within six hours before is paged', () => {
    const paging = new Paging({ began: NOON });
    expect(
      paging.looked(NOON, NOON - 6 * HOUR, alertOf({ start: NOON - 6 * HOUR, end: NOON + HOUR })),
    ).toEqual(['trigger a1 onset']);
  });

  test('what lasts for eight hours more is paged after all', () => {
    const paging = new Paging({ began: NOON });
    paging.looked(NOON, NOON - 72 * HOUR, alertOf(long));
    expect(paging.at(NOON + EIGHT, updated({ ...long, end: NOON + 12 * HOUR }))).toEqual([
      'trigger a1 again',
    ]);
  });

  test('after an outage of any length what is still positive is paged: the group began before it', () => {
    const paging = new Paging({ began: NOON - 1_000 * HOUR });
    expect(paging.looked(NOON, NOON - HOUR, alertOf({ start: NOON - 30 * HOUR, end: NOON + HOUR }))).toEqual([
      'trigger a1 onset',
    ]);
  });
});
