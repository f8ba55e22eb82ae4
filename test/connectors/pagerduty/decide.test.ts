import { describe, expect, test } from 'vitest';
import { decide } from '../../../connectors/pagerduty/decide.ts';
import {
  alertOf,
  escalated,
  HOUR,
  LOW,
  lactateOf,
  MINUTE,
  NOON,
  recordOf,
  resolved,
  updated,
} from './alerts.ts';
import { Paging } from './paging.ts';

const B1 = 'b1'.repeat(32);

describe('a page', () => {
  test('is sent at the onset, once, and taken back when the window is empty', () => {
    const paging = new Paging();
    expect(paging.at(NOON, alertOf())).toEqual(['trigger a1 onset']);
    expect(paging.at(NOON + MINUTE, updated(), updated())).toEqual([]);
    expect(paging.at(NOON + 6 * HOUR, resolved())).toEqual(['resolve a1 window-emptied']);
    expect(paging.at(NOON + 6 * HOUR, resolved())).toEqual([]);
  });

  test('is sent once more, under another key, for each thing that got worse', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    expect(paging.at(NOON, updated(lactateOf(3.9)))).toEqual([]);
    expect(paging.at(NOON, updated(lactateOf(4)))).toEqual(['trigger a1:lactate lactate']);
    expect(paging.at(NOON, updated({ ...lactateOf(4), ...LOW }))).toEqual(['trigger a1:sbp hypotension']);
    expect(paging.at(NOON, escalated({ ...lactateOf(9), ...LOW }))).toEqual(['trigger a1:3 score']);
    expect(paging.at(NOON, updated({ peak: 3, ...lactateOf(9), ...LOW }))).toEqual([]);
    expect(paging.at(NOON + 6 * HOUR, resolved({ peak: 3 }))).toEqual([
      'resolve a1 window-emptied',
      'resolve a1:lactate window-emptied',
      'resolve a1:sbp window-emptied',
      'resolve a1:3 window-emptied',
    ]);
  });

  test('tells all that is bad at the onset, so nothing of it is a rise later', () => {
    const paging = new Paging();
    expect(paging.at(NOON, escalated({ ...lactateOf(5) }))).toEqual(['trigger a1 onset']);
    expect(paging.at(NOON, updated({ peak: 3, ...lactateOf(5) }))).toEqual([]);
  });

  test.each([
    [
      'a pressure of 90',
      updated({ criteria: LOW.criteria!.map((one) => ({ ...one, value: one.value && 90 })) }),
    ],
    ['a lactate of before the episode', updated(lactateOf(8, NOON - 6 * HOUR - 1))],
    [
      'a pressure that is not met',
      updated({ criteria: LOW.criteria!.map((one) => ({ ...one, met: false })) }),
    ],
  ])('is not sent for %s', (_what, alert) => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    expect(paging.at(NOON, alert)).toEqual([]);
  });

  test('is one, of what comes together: the newest state of the alert decides', () => {
    expect(new Paging().at(NOON, alertOf(), updated(lactateOf(4)), escalated(lactateOf(4)))).toEqual([
      'trigger a1 onset',
    ]);
  });

  test('is not sent when the episode was over before it could be, and that is noted', () => {
    const paging = new Paging();
    const later = NOON + 6 * HOUR;
    expect(paging.looked(later, NOON, alertOf(), resolved())).toEqual(['nothing a1 resolved-before-sent']);
    expect(paging.live).toEqual([]);
    // Nobody was told: positive again is news.
    const again = alertOf({ alertId: B1, start: later, end: later + 6 * HOUR });
    expect(paging.at(later, again)).toEqual(['trigger b1 onset']);
  });

  test('is sent for an alert whose beginning was never seen', () => {
    expect(new Paging().at(NOON, updated())).toEqual(['trigger a1 onset']);
  });

  test('comes before those that are taken back at the same time', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    const other = alertOf({ alertId: B1, start: NOON + 20 * HOUR, end: NOON + 26 * HOUR });
    expect(paging.at(NOON + 20 * HOUR, resolved(), other)).toEqual([
      'trigger b1 onset',
      'resolve a1 window-emptied',
    ]);
  });

  test('of a status that a newer version of the schema has is that of an alert that goes on', () => {
    expect(new Paging().at(NOON, alertOf({ status: 'UNKNOWN', reason: 'UNKNOWN' }))).toEqual([
      'trigger a1 onset',
    ]);
  });
});

describe('what was carried out', () => {
  test('is not carried out again', () => {
    const records = [recordOf(alertOf(), 3), recordOf(escalated(), 5)];
    const circumstances = new Paging().circumstances(NOON);
    const first = decide(undefined, records, circumstances);
    const again = decide(first.next, records, circumstances);
    expect([again.next, again.actions, again.suppressed]).toEqual([first.next, [], []]);
  });

  test('is of another log when it is newer: a topic that was made anew begins at offset 0', () => {
    const circumstances = new Paging().circumstances(NOON + HOUR);
    const first = decide(undefined, [recordOf(alertOf(), 300)], circumstances);
    const anew = recordOf(
      alertOf({ alertId: B1, start: NOON + 20 * HOUR, end: NOON + 26 * HOUR }),
      0,
      NOON + HOUR,
    );
    expect(decide(first.next, [anew], circumstances).actions).toHaveLength(1);
  });

  test('is forgotten when no record of it comes any more', () => {
    const paging = new Paging();
    paging.at(NOON, alertOf());
    paging.at(NOON + 6 * HOUR, resolved());
    const later = NOON + 60 * HOUR;
    paging.at(later, alertOf({ alertId: B1, start: later, end: later + 6 * HOUR }));
    expect(Object.keys(paging.state?.alerts ?? {})).toEqual([B1]);
    expect(paging.state?.ended).toEqual({});
  });
});

test('two rules know nothing of each other', () => {
  const paging = new Paging();
  paging.at(NOON, alertOf());
  paging.at(NOON + 6 * HOUR, resolved());
  const other = alertOf({ alertId: B1, rule: 'news2', start: NOON + 6 * HOUR, end: NOON + 12 * HOUR });
  expect(paging.at(NOON + 6 * HOUR, other)).toEqual(['trigger b1 onset']);
});
