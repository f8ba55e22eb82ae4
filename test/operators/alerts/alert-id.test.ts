import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { streamWithin } from '../arbitraries.ts';
import { gcs, HOUR, retraction, rr, sbp, T0 } from '../events.ts';
import { folded, Journal } from '../journal.ts';

const idOf = (...events: readonly ReturnType<typeof rr>[]): string | undefined =>
  new Journal().addAll(events).alerts[0]?.alertId;
const r = rr('r', T0, 30);
const s = sbp('s', T0 + HOUR, 80);

describe('the id of an alert', () => {
  test('is 64 hexadecimal characters', () => {
    expect(idOf(r, s)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('the same log gives the same ids, wherever its records lie and whenever it is read', () => {
    fc.assert(
      fc.property(streamWithin(30, 16), (events) => {
        const once = new Journal().addAll(events);
        const again = new Journal();
        for (const [i, event] of events.entries())
          again.add({ ...event, origin: { topic: 'elsewhere', partition: i, offset: i * 7 }, arrival: i }, i);
        expect(again.alerts.map(({ alertId, status }) => [alertId, status])).toEqual(
          once.alerts.map(({ alertId, status }) => [alertId, status]),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('does not depend on which of the two came first', () => {
    expect(idOf(s, r)).toBe(idOf(r, s));
  });

  test.each([
    ['another Observation', [rr('x', T0, 30), s]],
    ['another version of one', [rr('r', T0, 30, { version: 2 }), s]],
    ['more evidence when it opened', [r, rr('r2', T0, 31), s]],
    ['another criterion', [r, gcs('s', T0 + HOUR, 9, { version: 3 })]],
    [
      'another patient',
      [
        { ...r, patient: 'p2' },
        { ...s, patient: 'p2' },
      ],
    ],
  ])('%s, another id', (_what, events) => {
    expect(idOf(...events)).toBeDefined();
    expect(idOf(...events)).not.toBe(idOf(r, s));
  });

  test('stays through whatever happens to its evidence afterwards', () => {
    const journal = new Journal().addAll([
      r,
      s,
      gcs('g', T0 + 2 * HOUR, 9),
      rr('r', T0, 25, { version: 2 }),
      sbp('s0', T0 - HOUR, 90),
    ]);
    expect(new Set(journal.alerts.map(({ alertId }) => alertId))).toEqual(new Set([idOf(r, s)]));
  });

  test('opens again under another id when the evidence is corrected away and comes back corrected', () => {
    const journal = new Journal().addAll([
      r,
      s,
      rr('r', T0, 16, { version: 2 }),
      rr('r', T0, 30, { version: 3 }),
    ]);
    const raised = journal.alerts.filter(({ status }) => status === 'RAISED').map(({ alertId }) => alertId);
    expect(raised).toHaveLength(2);
    expect(new Set(raised).size).toBe(2);
  });

  test('a part split off that rests on the very evidence which opened its alert gets an id of its own', () => {
    const opening = [rr('r9', T0 + 9 * HOUR, 30), sbp('s9', T0 + 9 * HOUR, 80)];
    const bridge = rr('b', T0 + 5 * HOUR, 30, {
      measurements: [...rr('b', T0, 30).measurements, ...sbp('b', T0, 80).measurements],
    });
    const journal = new Journal().addAll([...opening, r, s, bridge]);
    expect(folded(journal.alerts)).toMatchObject([{ alertId: idOf(...opening), start: T0 + HOUR }]);
    journal.add(retraction('b', T0 + 5 * HOUR));
    const [earlier, later] = folded(journal.alerts);
    expect([earlier?.alertId, later?.start]).toEqual([idOf(...opening), T0 + 9 * HOUR]);
    expect(later?.alertId).not.toBe(earlier?.alertId);
  });
});
