import { expect, test } from 'vitest';
import { decide } from '../../../connectors/pagerduty/decide.ts';
import { undelivered } from '../../../connectors/pagerduty/undelivered.ts';
import { alertOf, escalated, MINUTE, NOON, recordOf, resolved } from './alerts.ts';
import { Paging } from './paging.ts';

const A1 = 'a1'.repeat(32);
const worse = escalated({ status: 'UPDATED', reason: 'EVIDENCE_CHANGED' });

/** A patient whose team was told of two points, and whose third was refused. */
function refusedRise(): Paging {
  const paging = new Paging();
  paging.at(NOON, alertOf());
  const before = paging.state;
  const { next, actions } = decide(before, [recordOf(escalated(), 1)], paging.circumstances(NOON));
  const [rise] = actions;
  if (rise === undefined) throw new Error('Nobody is paged for the rise.');
  paging.state = undelivered(next, rise, before);
  return paging;
}

test('a rise that is refused was told to nobody', () => {
  expect(refusedRise().state?.alerts[A1]?.told?.score).toBe(2);
});

test('the next change of the alert pages for what was refused, under a new key', () => {
  const paging = refusedRise();
  expect(paging.live).toEqual(['a1']);
  expect(paging.at(NOON + MINUTE, worse)).toEqual(['trigger a1:3.2 score']);
  expect(paging.at(NOON + 2 * MINUTE, worse)).toEqual([]);
});

test('what was refused is not taken back', () => {
  expect(refusedRise().at(NOON + MINUTE, resolved({ peak: 3 }))).toEqual(['resolve a1 window-emptied']);
});

test('a page that is refused says nothing of another alert', () => {
  const paging = new Paging();
  const other = { alertId: 'b1'.repeat(32), rule: 'other' };
  const records = [recordOf(alertOf(other), 0), recordOf(alertOf(), 1)];
  const { next, actions } = decide(undefined, records, paging.circumstances(NOON));
  const refused = actions.find(({ key }) => key === A1);
  if (refused === undefined || actions.length !== 2) throw new Error('Not both are paged for.');
  paging.state = undelivered(next, refused, undefined);
  expect(paging.at(NOON + MINUTE, alertOf(), alertOf(other))).toEqual(['trigger a1:again onset']);
});
