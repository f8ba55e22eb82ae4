import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../../connectors/pagerduty/decide.ts';
import type { AlertRecord, Decided } from '../../../connectors/pagerduty/decided.ts';
import { PAGE_POLICY } from '../../../connectors/pagerduty/page-policy.ts';
import type { PatientPages } from '../../../connectors/pagerduty/patient-pages.ts';
import { respond } from '../../../connectors/pagerduty/respond.ts';
import { alertOf, HOUR, LOW, lactateOf, MINUTE, NOON, recordOf } from './alerts.ts';

const IDS = ['a1', 'b1', 'c1'].map((two) => two.repeat(32));

const step = fc.record({
  alert: fc.nat({ max: 2 }),
  status: fc.constantFrom('RAISED', 'UPDATED', 'ESCALATED', 'RESOLVED', 'RETRACTED', 'MERGED'),
  peak: fc.constantFrom(2, 2, 3),
  bad: fc.constantFrom({}, {}, LOW, lactateOf(5)),
  /** Since the step before, and from now to the projected end. */
  later: fc.integer({ min: 0, max: 10 * 60 }),
  lasts: fc.integer({ min: -60, max: 12 * 60 }),
  discharged: fc.constantFrom(false, false, false, false, true),
  /** How many steps are looked at together, and what a person does before. */
  together: fc.boolean(),
  person: fc.constantFrom(undefined, undefined, 'acknowledged', 'resolved'),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Looked {
  readonly now: number;
  readonly records: readonly AlertRecord[];
  readonly person: 'acknowledged' | 'resolved' | undefined;
}

/** Records as a topology might write them, in the portions in which they are looked at. */
function portions(steps: readonly Step[]): Looked[] {
  const found: Looked[] = [];
  let now = NOON;
  let records: AlertRecord[] = [];
  steps.forEach(({ alert, status, peak, bad, later, lasts, discharged, together, person }, i) => {
    now += later * MINUTE;
    const merged = status === 'MERGED';
    const value = alertOf({
      alertId: IDS[alert]!,
      status: merged ? 'RETRACTED' : status,
      reason: merged ? 'MERGED' : status === 'RESOLVED' ? 'WINDOW_EMPTIED' : 'EVIDENCE_CHANGED',
      survivorAlertId: merged ? IDS[(alert + 1) % 3]! : null,
      peak,
      score: peak,
      start: now - HOUR,
      end: now + lasts * MINUTE,
      eventTime: now,
      ...bad,
      encounterDetail: { ...alertOf().encounterDetail!, end: discharged ? now - MINUTE : null },
    });
    records.push(recordOf(value, i, now));
    if (together && i < steps.length - 1) return;
    found.push({ now, records, person });
    records = [];
  });
  return found;
}

/** Follows the portions, and tells each decision. */
function followed(
  looked: readonly Looked[],
  each: (decided: Decided, of: Looked, before: PatientPages | undefined) => void,
): void {
  let state: PatientPages | undefined;
  for (const one of looked) {
    const live = Object.values(state?.alerts ?? {}).flatMap(({ pages }) =>
      pages.filter((page) => page.state === 'open'),
    );
    const [page] = live;
    if (state !== undefined && page !== undefined && one.person !== undefined)
      state = respond(state, { key: page.key, kind: one.person, at: one.now }, PAGE_POLICY)?.next ?? state;
    const decided = decide(state, one.records, circumstances(one.now));
    each(decided, one, state);
    state = decided.next;
  }
}

const circumstances = (now: number) => ({
  policy: PAGE_POLICY,
  now,
  began: undefined,
  aliasOf: () => 'default',
});
const steps = fc.array(step, { minLength: 1, maxLength: 25 });

test('of each key at most one incident is opened, at most one is resolved, and never before it was opened', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const opened = new Set<string>();
      const closed = new Set<string>();
      followed(portions(all), ({ actions }) => {
        for (const { kind, key } of actions) {
          expect([kind, opened.has(key), closed.has(key)]).toEqual([kind, kind === 'resolve', false]);
          (kind === 'trigger' ? opened : closed).add(key);
        }
      });
    }),
    { numRuns: 2_000 },
  );
});

test('what is open at PagerDuty is what the state says, and of an alert that is over nothing is', () => {
  fc.assert(
    fc.property(steps, (all) => {
      followed(portions(all), ({ next }) => {
        for (const { open, pages } of Object.values(next.alerts)) {
          const live = pages.filter(({ state }) => state === 'open' || state === 'acknowledged');
          if (!open) expect(live).toEqual([]);
        }
      });
    }),
    { numRuns: 1_000 },
  );
});

test('whoever is positive now and in the house is paged for, or it is known why not', () => {
  fc.assert(
    fc.property(steps, (all) => {
      followed(portions(all), ({ next, suppressed }, { now, records }) => {
        for (const { value: alert } of records) {
          const pages = next.alerts[alert.alertId];
          const newest = records.findLast(({ value }) => value.alertId === alert.alertId);
          const last = newest?.value ?? alert;
          if (pages === undefined || !pages.open || last.end <= now) continue;
          if ((last.encounterDetail?.end ?? now + 1) <= now) continue;
          const live = pages.pages.some(({ state }) => state === 'open' || state === 'acknowledged');
          const held = pages.held !== undefined && now < pages.held.until;
          const said = suppressed.some(({ record }) => record.value.alertId === alert.alertId);
          const old = pages.noted === 'too-old' && (newest?.timestamp ?? now) < now - PAGE_POLICY.oldest;
          expect(live || held || said || old).toBe(true);
        }
      });
    }),
    { numRuns: 2_000 },
  );
});

test('the same records at the same time give the same, and once more nothing', () => {
  fc.assert(
    fc.property(steps, (all) => {
      followed(portions(all), (decided, { records, now }, before) => {
        expect(decide(before, records, circumstances(now))).toEqual(decided);
        const again = decide(decided.next, records, circumstances(now + 100 * HOUR));
        expect([again.actions, again.suppressed]).toEqual([[], []]);
        expect(again.next).toBe(decided.next);
      });
    }),
    { numRuns: 500 },
  );
});

test('no page of a value is open that the newest record of its alert has corrected', () => {
  let open = 0;
  fc.assert(
    fc.property(steps, (all) => {
      followed(portions(all), ({ next }, { records }) => {
        // All of them show the same pressure of the same time; who shows no lactate has none.
        for (const [id, { value: alert }] of new Map(records.map((one) => [one.value.alertId, one]))) {
          const causes = (next.alerts[id]?.pages ?? [])
            .filter(({ state }) => state === 'open' || state === 'acknowledged')
            .map(({ cause }) => cause);
          open += causes.filter((cause) => cause === 'lactate' || cause === 'hypotension').length;
          if (alert.criteria !== LOW.criteria) expect(causes).not.toContain('hypotension');
          if (alert.lactate === null) expect(causes).not.toContain('lactate');
        }
      });
    }),
    { numRuns: 1_000 },
  );
  expect(open).toBeGreaterThan(20);
});

test('when all that there was is withdrawn, whoever is positive next is paged for', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const newest = new Map<string, string>();
      let merged = false;
      followed(portions(all), ({ next }, { records, now }) => {
        for (const { value } of records) {
          newest.set(value.alertId, value.status);
          merged ||= value.survivorAlertId !== null;
        }
        if (merged || [...newest.values()].some((status) => status !== 'RETRACTED')) return;
        const alert = alertOf({ alertId: 'd1'.repeat(32), start: now, end: now + HOUR });
        const { actions } = decide(next, [recordOf(alert, all.length, now)], circumstances(now));
        expect(actions.map(({ kind, key }) => [kind, key])).toEqual([['trigger', alert.alertId]]);
      });
    }),
    { numRuns: 4_000 },
  );
});
