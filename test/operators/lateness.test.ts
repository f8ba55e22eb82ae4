import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openBlock } from '../../operators/patient-window/block.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { DeadLetter } from '../../topology/model/outcome.ts';
import { hours, unlimited } from '../../topology/model/time.ts';
import { inOrder, observationsWithin, punctualStream } from './arbitraries.ts';
import { bruteForce, factsOfEvents } from './brute-force.ts';
import { HOUR, retraction, rr, sbp, T0 } from './events.ts';
import { episodesOf, folded, Journal, story } from './journal.ts';

const LATENESS = hours(8);
const told = (alerts: readonly SepsisAlert[]): unknown =>
  folded(alerts).map(({ alertId, status, start, end, peak, history }) => ({
    alertId,
    status,
    start,
    end,
    peak,
    history,
  }));
const reasons = (journal: Journal): readonly string[] => journal.verdicts.map(({ reason }) => reason);

describe('lateness', () => {
  test('a vital sign exactly as late as allowed counts, a millisecond later it is a dead letter', () => {
    const journal = new Journal({ lateness: LATENESS }).addAll([
      rr('new', T0 + LATENESS, 16),
      rr('edge', T0, 30),
    ]);
    expect(reasons(journal)).toEqual([]);
    journal.add(rr('late', T0 - 1, 30));
    expect(journal.verdicts).toHaveLength(1);
    expect(journal.verdicts[0]).toBeInstanceOf(DeadLetter);
    expect(journal.verdicts[0]).toMatchObject({ reason: 'late', headers: { 'sepsis.origin.offset': '0' } });
  });

  test('what is late is measured by the patient alone: a retraction, a value without a meaning and a lactate move nothing', () => {
    const journal = new Journal({ lateness: LATENESS }).addAll([
      rr('a', T0, 16),
      retraction('b', T0 + 90 * HOUR),
      rr('c', T0 + 90 * HOUR, 16, { measurements: [] }),
    ]);
    journal.add(rr('d', T0 - LATENESS, 30));
    expect(reasons(journal)).toEqual([]);
  });

  test('within the lateness, any order of arrival tells the episodes that the facts have', () => {
    fc.assert(
      fc.property(punctualStream(48, 24, LATENESS), (events) => {
        const arrived = new Journal({ lateness: LATENESS }).addAll(events);
        const sorted = new Journal({ lateness: LATENESS }).addAll(inOrder(events));
        expect(reasons(arrived)).not.toContain('late');
        expect(episodesOf(arrived.alerts)).toEqual(bruteForce(factsOfEvents(events), 6 * HOUR, 'any'));
        expect(episodesOf(sorted.alerts)).toEqual(episodesOf(arrived.alerts));
      }),
      { numRuns: 250 },
    );
  });

  test('in order, a short memory and an endless one tell the same alerts, with the same ids and histories', () => {
    fc.assert(
      fc.property(observationsWithin(72, 40), (observations) => {
        const events = inOrder(observations.flatMap((versions) => versions.slice(0, 1)));
        const short = new Journal({ lateness: hours(1) }).addAll(events);
        const endless = new Journal({ lateness: unlimited }).addAll(events);
        expect(told(short.alerts)).toEqual(told(endless.alerts));
      }),
      { numRuns: 250 },
    );
  });

  test('a long episode keeps its start, its peak and its history after the facts that made them are gone', () => {
    const journal = new Journal({ lateness: LATENESS });
    for (let hour = 0; hour < 72; hour += 2) {
      journal.add(rr(`rr-${hour}`, T0 + hour * HOUR, 30));
      journal.add(sbp(`sbp-${hour}`, T0 + hour * HOUR, 90));
      if (hour === 4)
        journal.add(
          rr('gcs', T0 + hour * HOUR, 0, {
            measurements: [{ kind: 'GCS_TOTAL', value: 9, unitAssumed: false, code: '9269-2' }],
          }),
        );
    }
    const [alert, ...others] = folded(journal.alerts);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ start: T0, peak: 3, end: T0 + 76 * HOUR + 1, historyDropped: 0 });
    expect(alert?.history.map(({ t, score }) => [t - T0, score])).toEqual([
      [0, 2],
      [4 * HOUR, 3],
      [10 * HOUR + 1, 2],
    ]);
    expect(openBlock(journal.window ?? new Uint8Array()).entryCount).toBeLessThan(20);
  });

  test('a retraction that arrives before its original is kept as long as the original may come', () => {
    const journal = new Journal({ lateness: LATENESS }).addAll([
      retraction('r', T0),
      sbp('s', T0 + LATENESS, 90),
      rr('r', T0, 30),
    ]);
    expect(journal.alerts).toEqual([]);
  });

  test.each([
    ['long before', T0 - 100 * 24 * HOUR],
    ['a little before', T0 - 7 * HOUR],
    ['after', T0 + 3 * HOUR],
    ['never', null],
  ])(
    'a retraction that states another time (%s) withdraws, and a copy of the original stays withdrawn',
    (_when, time) => {
      const original = rr('r', T0, 30);
      const journal = new Journal({ lateness: LATENESS }).addAll([
        original,
        sbp('s', T0, 90),
        retraction('r', time),
      ]);
      expect(episodesOf(journal.alerts)).toEqual([]);
      journal.addAll([rr('later', T0 + LATENESS, 16), original]);
      expect(episodesOf(journal.alerts)).toEqual([]);
    },
  );

  test('when all that may still change is withdrawn, the settled part stays told and is over', () => {
    const journal = new Journal({ lateness: hours(1) });
    const all = Array.from({ length: 20 }, (_, hour) => [
      rr(`r${hour}`, T0 + hour * HOUR, 30),
      sbp(`s${hour}`, T0 + hour * HOUR, 80),
    ]).flat();
    journal.addAll(all);
    for (const { resourceId, time } of all) journal.add(retraction(resourceId, time));
    expect(journal.alerts.every((a) => Number.isFinite(a.eventTime) && Number.isFinite(a.windowStart))).toBe(
      true,
    );
    expect(folded(journal.alerts)).toMatchObject([{ start: T0, end: T0 + 18 * HOUR, status: 'RESOLVED' }]);
  });

  test('an episode that ends exactly where the settled time begins is not told again', () => {
    const journal = new Journal({ lateness: LATENESS }).addAll([
      rr('r', T0, 30),
      sbp('s', T0 + HOUR, 80),
      rr('a', T0 + 7 * HOUR, 12),
      rr('b', T0 + 14 * HOUR + 1, 12),
      rr('c', T0 + 14 * HOUR + 2, 12),
    ]);
    expect(story(journal.alerts)).toEqual(['RAISED ONSET', 'RESOLVED WINDOW_EMPTIED']);
  });

  test('a superseded version that moves the time beyond an open alert settles it, and it is resolved, not retracted', () => {
    const journal = new Journal({ lateness: hours(1) }).addAll([
      rr('r', T0, 30),
      sbp('s', T0 + HOUR, 80),
      retraction('x', T0 + HOUR),
    ]);
    expect(journal.add(rr('x', T0 + 20 * HOUR, 16))).toEqual([]);
    expect(story(journal.add(rr('y', T0 + 20 * HOUR, 16)))).toEqual(['RESOLVED WINDOW_EMPTIED']);
    expect(folded(journal.alerts)).toHaveLength(1);
  });
});
