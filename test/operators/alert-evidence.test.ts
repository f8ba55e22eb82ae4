import { describe, expect, test } from 'vitest';
import { MINUTE, retraction, rr, sbp, T0 } from './events.ts';
import { folded, Journal } from './journal.ts';

const open = [rr('r', T0, 30), sbp('s', T0, 95)];
/** More of them than an alert lists. */
const more = Array.from({ length: 20 }, (_, i) => sbp(`s${i}`, T0 + (i + 1) * 15 * MINUTE, 95));
const worst = sbp('worst', T0 + MINUTE, 70);

const pressure = ({ alerts }: Journal): unknown => {
  const criterion = folded(alerts)[0]?.criteria.find((one) => one.criterion === 'SBP');
  return [criterion?.value, criterion?.observationId];
};

describe('the value that decides, beside more than an alert lists', () => {
  test('is told when it comes late, as it would be in order', () => {
    const journal = new Journal().addAll([...open, ...more]);
    expect(journal.add(worst)).toMatchObject([{ status: 'UPDATED', reason: 'EVIDENCE_CHANGED' }]);
    expect(pressure(journal)).toEqual([70, 'worst']);
    expect(pressure(new Journal().addAll([...open, worst, ...more]))).toEqual([70, 'worst']);
  });

  test('is told to be another when it is withdrawn', () => {
    const journal = new Journal().addAll([...open, worst, ...more]);
    expect(journal.add(retraction('worst', T0 + MINUTE))).toMatchObject([{ status: 'UPDATED' }]);
    expect(pressure(journal)).toEqual(pressure(new Journal().addAll([...open, ...more])));
  });
});
