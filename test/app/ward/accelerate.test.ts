import { describe, expect, test } from 'vitest';
import { accelerate } from '../../../app/ward/accelerate.ts';
import type { WardRecord } from '../../../app/ward/record.ts';

const at = (arrival: number): WardRecord => ({
  topic: 'fhir.encounter',
  key: null,
  arrival,
  resource: { resourceType: 'Encounter', status: 'in-progress', class: { code: 'IMP' } },
});

describe('accelerate', () => {
  test('delays count from the first record, divided by the ratio', () => {
    const records = [at(5_000), at(5_000), at(65_000), at(3_605_000)];
    expect([...accelerate(records, 60)].map(({ after }) => after)).toEqual([0, 0, 1_000, 60_000]);
    expect([...accelerate(records, 60)].map(({ record }) => record)).toEqual(records);
  });

  test('records are asked for one at a time', () => {
    let made = 0;
    const endless = function* (): Generator<WardRecord> {
      for (;;) yield at(made++);
    };
    accelerate(endless(), 1).next();
    expect(made).toBe(1);
  });

  test.each([0, -1, Number.NaN])('a clock can not run %s times as fast', (ratio) => {
    expect(() => accelerate([at(0)], ratio).next()).toThrow(RangeError);
  });
});
