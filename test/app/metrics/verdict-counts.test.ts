import { expect, test } from 'vitest';
import { VerdictCounts } from '../../../app/metrics/verdict-counts.ts';

const taken = (counts: VerdictCounts): Record<string, number> => {
  const all: Record<string, number> = {};
  counts.take(({ step, reason }, count) => {
    all[`${step} ${reason}`] = (all[`${step} ${reason}`] ?? 0) + count;
  });
  return all;
};

test('hands over what was counted since the last time', () => {
  const counts = new VerdictCounts();
  for (const reason of ['late', 'late', 'code']) counts.add('window', reason);
  counts.add('decode', 'late');
  expect(taken(counts)).toEqual({ 'window late': 2, 'window code': 1, 'decode late': 1 });
  counts.add('window', 'late');
  expect(taken(counts)).toEqual({ 'window late': 1 });
});

test('what does not look like a code is no label', () => {
  const counts = new VerdictCounts();
  for (const reason of ['Miller, Anna', 'MRN4711', '4711', 'x'.repeat(41), '', 'a"b'])
    counts.add('s', reason);
  counts.add('s', 'bad-value');
  expect(taken(counts)).toEqual({ 's other': 6, 's bad-value': 1 });
});

test('a step that makes up reasons without end fills no memory, and what was known before is still told', () => {
  const counts = new VerdictCounts();
  for (let i = 0; i < 1_000; i++) counts.add('s', `reason-${i}`);
  expect(Object.keys(taken(counts))).toHaveLength(301);
  for (let i = 0; i < 1_000; i++) counts.add('s', `reason-${i}`);
  const again = taken(counts);
  expect([again['s reason-0'], again['s other']]).toEqual([1, 700]);
});
