import { describe, expect, test } from 'vitest';
import { Pager } from '../../../app/start/pager.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { alertOf } from './alerts.ts';

/** What the team is told of a sequence of alert records. */
const told = (...records: Partial<SepsisAlert>[]): (string | undefined)[] => {
  const pager = new Pager();
  return records.map((record) => pager.page(alertOf(record), 1)?.status);
};

describe('the pages that would be sent', () => {
  test('say bed, score and alert id', () => {
    expect(new Pager().page(alertOf({ alertId: 'abc' }), 42)).toEqual({
      t: 42,
      bed: 'ward-07',
      status: 'raised',
      score: 2,
      alertId: 'abc',
    });
  });

  test('onset and escalation page, further values do not', () => {
    expect(
      told({}, { status: 'UPDATED' }, { status: 'ESCALATED', peak: 3 }, { status: 'UPDATED', peak: 3 }),
    ).toEqual(['raised', undefined, 'escalated', undefined]);
  });

  test('a record that comes twice pages once', () => {
    expect(told({}, {}, { status: 'ESCALATED', peak: 3 }, { status: 'ESCALATED', peak: 3 })).toEqual([
      'raised',
      undefined,
      'escalated',
      undefined,
    ]);
  });

  test('a level that was lost to a correction and is reached again does not page again', () => {
    expect(
      told(
        {},
        { status: 'ESCALATED', peak: 3 },
        { status: 'UPDATED', peak: 2 },
        { status: 'ESCALATED', peak: 3 },
      ),
    ).toEqual(['raised', 'escalated', undefined, undefined]);
  });

  test('the end is told once, and so is that it was none', () => {
    expect(
      told(
        {},
        { status: 'RESOLVED' },
        { status: 'RESOLVED' },
        { status: 'UPDATED' },
        { status: 'UPDATED' },
        { status: 'RESOLVED' },
      ),
    ).toEqual(['raised', 'resolved', undefined, 'updated', undefined, 'resolved']);
  });

  test('an alert that goes away takes its page with it', () => {
    expect(told({}, { status: 'RETRACTED' })).toEqual(['raised', 'retracted']);
    expect(told({}, { status: 'RESOLVED' }, { status: 'RETRACTED' })).toEqual([
      'raised',
      'resolved',
      'retracted',
    ]);
  });

  test('nobody is told the end of what nobody was paged for', () => {
    expect(told({ status: 'UPDATED' }, { status: 'RESOLVED' }, { status: 'RETRACTED' })).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('two alerts of one patient page each for itself', () => {
    expect(told({ alertId: 'a' }, { alertId: 'b' })).toEqual(['raised', 'raised']);
  });

  test('an alert is let go of when it is over, never before', () => {
    const pager = new Pager();
    pager.page(alertOf({ alertId: 'over', end: 10 }), 1);
    pager.page(alertOf({ alertId: 'over', end: 10, status: 'RESOLVED' }), 1);
    pager.page(alertOf({ alertId: 'open', end: 10 }), 1);
    pager.forget(11);
    expect(pager.page(alertOf({ alertId: 'over', end: 10 }), 1)?.status).toBe('raised');
    expect(pager.page(alertOf({ alertId: 'open', end: 10 }), 1)).toBeUndefined();
  });
});
