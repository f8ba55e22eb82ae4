import { expect, test } from 'vitest';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { alertOf, escalated, HOUR, MINUTE, NOON, resolved, retracted } from './alerts.ts';
import { Paging } from './paging.ts';

const [A1, B1, C1] = ['a1', 'b1', 'c1'].map((two) => two.repeat(32)) as [string, string, string];
const SIX = NOON + 6 * HOUR;
const TEN_PAST = SIX + 10 * MINUTE;
const HALF_PAST = SIX + 30 * MINUTE;

/** Who was paged at noon, and was over at six. */
function over(): Paging {
  const paging = new Paging();
  paging.at(NOON, alertOf());
  expect(paging.at(SIX, resolved())).toEqual(['resolve a1 window-emptied']);
  return paging;
}

const second = (own: Partial<SepsisAlert> = {}): SepsisAlert =>
  alertOf({ alertId: B1, start: HALF_PAST, end: HALF_PAST + 6 * HOUR, ...own });
const third = (own: Partial<SepsisAlert> = {}): SepsisAlert => second({ alertId: C1, ...own });
const corrected = (own: Partial<SepsisAlert>): SepsisAlert => resolved({ reason: 'DATA_CORRECTED', ...own });
const merged = (alertId: string, survivorAlertId: string): SepsisAlert =>
  retracted({ alertId, reason: 'MERGED', survivorAlertId });

test('an episode that is withdrawn after its end holds back nobody who follows', () => {
  const paging = over();
  expect(paging.at(TEN_PAST, retracted())).toEqual([]);
  expect(paging.at(HALF_PAST, second())).toEqual(['trigger b1 onset']);
});

test('nor anybody who was held back already: with the next news of him somebody is paged', () => {
  const paging = over();
  const soon = { start: SIX + MINUTE };
  expect(paging.at(SIX + MINUTE, second(soon))).toEqual(['nothing b1 refractory']);
  expect(paging.at(TEN_PAST, retracted())).toEqual([]);
  expect(paging.at(HALF_PAST, second({ ...soon, status: 'UPDATED' }))).toEqual(['trigger b1 onset']);
});

test('nor anybody who follows the one that it held back', () => {
  const paging = over();
  const short = { start: SIX + MINUTE, end: SIX + 2 * MINUTE };
  paging.at(SIX + MINUTE, second(short));
  paging.at(SIX + 2 * MINUTE, resolved({ alertId: B1, ...short }));
  expect(paging.at(SIX + 5 * MINUTE, third({ start: SIX + 5 * MINUTE }))).toEqual(['nothing c1 refractory']);
  paging.at(TEN_PAST, retracted());
  expect(paging.at(HALF_PAST, third({ start: SIX + 5 * MINUTE }))).toEqual(['trigger c1 onset']);
});

test('who was paged for something worse while held back is not paged once more when the first is withdrawn', () => {
  const paging = over();
  const soon = { start: SIX + MINUTE };
  paging.at(SIX + MINUTE, second(soon));
  expect(paging.at(SIX + MINUTE, second({ ...soon, peak: 3 }))).toEqual(['trigger b1:3 score']);
  paging.at(TEN_PAST, retracted());
  expect(paging.at(HALF_PAST, second({ ...soon, peak: 3 }))).toEqual([]);
});

test.each([
  ['longer before it', 5.5 * HOUR - 1, 'trigger b1 onset'],
  ['not much earlier', 5.5 * HOUR, 'nothing b1 refractory'],
])('an episode that ended %s than it seemed is counted from there', (_what, lasted, said) => {
  const paging = over();
  expect(paging.at(TEN_PAST, corrected({ end: NOON + lasted }))).toEqual([]);
  expect(paging.at(HALF_PAST, second())).toEqual([said]);
});

test('an episode that was less grave than it seemed has told no more than that', () => {
  const paging = new Paging();
  paging.at(NOON, escalated());
  paging.at(SIX, resolved({ peak: 3 }));
  paging.at(TEN_PAST, corrected({ peak: 2 }));
  expect(paging.at(HALF_PAST, second({ peak: 3 }))).toEqual(['trigger b1 onset']);
});

test('an episode that merges with one that is over still holds, until that is withdrawn', () => {
  const both = (): Paging => {
    const paging = over();
    const own = { alertId: B1, start: SIX + 2 * HOUR, end: SIX + 8 * HOUR };
    expect(paging.at(SIX + 2 * HOUR, escalated(own))).toEqual(['trigger b1 onset']);
    paging.at(SIX + 8 * HOUR, resolved({ ...own, peak: 3 }));
    // The first takes the other in, and all of it is over.
    const whole = resolved({ reason: 'EVIDENCE_CHANGED', end: own.end, peak: 3 });
    expect(paging.at(SIX + 8 * HOUR, whole, merged(B1, A1))).toEqual([]);
    return paging;
  };
  const start = SIX + 8.5 * HOUR;
  const next = third({ start, end: start + 6 * HOUR, peak: 3 });
  expect(both().at(start, next)).toEqual(['nothing c1 refractory']);
  const paging = both();
  paging.at(SIX + 8.1 * HOUR, retracted());
  expect(paging.at(start, next)).toEqual(['trigger c1 onset']);
});

test('who is held back is so by the survivor too', () => {
  const paging = over();
  const soon = { start: SIX + MINUTE };
  paging.at(SIX + MINUTE, second(soon));
  paging.at(TEN_PAST, merged(A1, C1));
  expect(paging.at(HALF_PAST, second(soon))).toEqual([]);
  paging.at(HALF_PAST, retracted({ alertId: C1 }));
  expect(paging.at(HALF_PAST, second(soon))).toEqual(['trigger b1 onset']);
});

test('an episode of which nobody kept the id still holds', () => {
  const paging = over();
  const kept = JSON.stringify(paging.state?.ended, (name, value: unknown) =>
    name === 'alertId' ? undefined : value,
  );
  paging.state = { ...paging.state!, ended: JSON.parse(kept) as NonNullable<Paging['state']>['ended'] };
  expect(paging.at(HALF_PAST, second())).toEqual(['nothing b1 refractory']);
});
