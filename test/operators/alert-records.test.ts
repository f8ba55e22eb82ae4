import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unlimited } from '../../topology/model/time.ts';
import { streamWithin } from './arbitraries.ts';
import { HOUR } from './events.ts';
import { Journal } from './journal.ts';

describe('the records of the alerts of any stream', () => {
  test('an alert id never stands for two alerts that live at once, and only a retracted one is raised again', () => {
    fc.assert(
      fc.property(streamWithin(30, 20), (events) => {
        const journal = new Journal({ lateness: unlimited });
        for (const event of events) {
          journal.add(event);
          const held = journal.held?.held.map(({ alert }) => alert.alertId) ?? [];
          expect(new Set(held).size).toBe(held.length);
        }
        const alive = new Set<string>();
        for (const { alertId, status } of journal.alerts) {
          expect(alive.has(alertId)).toBe(status !== 'RAISED');
          if (status === 'RETRACTED') alive.delete(alertId);
          else alive.add(alertId);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("every record is whole: its history begins at its start, its peak is the history's, its times are finite", () => {
    fc.assert(
      fc.property(streamWithin(30, 20), (events) => {
        const { alerts } = new Journal({ lateness: unlimited }).addAll(events);
        for (const alert of alerts) {
          expect(alert.history[0]?.t).toBe(alert.start);
          expect(Math.max(...alert.history.map(({ score }) => score))).toBe(alert.peak);
          expect(alert.end).toBeGreaterThan(alert.start);
          expect(alert.windowEnd - alert.windowStart).toBe(6 * HOUR);
          if (alert.status !== 'RETRACTED')
            expect(alert.criteria.filter(({ met }) => met)).toHaveLength(alert.score);
        }
      }),
      { numRuns: 100 },
    );
  });
});
