import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gcsAt, mayBeAltered } from '../../../operators/clinical/gcs.ts';
import { MEASUREMENT_KINDS, type MeasurementKind } from '../../../operators/clinical/measurement.ts';
import { qsofa } from '../../../operators/clinical/qsofa.ts';

type Row = readonly [kind: MeasurementKind, value: number, time?: number];

function scale(
  ...rows: readonly Row[]
): readonly [total: number | undefined, source: number, mentation: number | undefined] {
  const reading = gcsAt(
    {
      count: rows.length,
      time: rows.map(([, , time]) => time ?? 0),
      kind: rows.map(([kind]) => MEASUREMENT_KINDS.indexOf(kind)),
      value: rows.map(([, value]) => value),
      source: rows.map((_row, i) => i),
    },
    0,
  );
  return [reading.total, reading.totalSource, reading.mentation];
}

const E: Row = ['GCS_EYE', 4];
const V: Row = ['GCS_VERBAL', 5];
const M: Row = ['GCS_MOTOR', 6];

describe('the scale of one instant', () => {
  test('1: a charted total wins over a sum of parts', () => {
    expect(scale(E, V, M, ['GCS_TOTAL', 9]).slice(0, 2)).toEqual([9, 3]);
  });

  test('2: three parts are a sum, under the eye row', () => {
    expect(scale(M, V, E).slice(0, 2)).toEqual([15, 2]);
  });

  test.each([[[E, V]], [[E, M]], [[V, M]], [[E]], [[]]])(
    '2: incomplete parts are no value %#',
    (rows: Row[]) => {
      expect(scale(...rows)[0]).toBeUndefined();
    },
  );

  test('2: a part of another instant does not complete a sum', () => {
    expect(scale(E, V, ['GCS_MOTOR', 6, 1])[0]).toBeUndefined();
  });

  test('3: an untestable verbal part is no value, with or without the other parts', () => {
    expect(scale(E, M, ['GCS_UNTESTABLE', 0])[0]).toBeUndefined();
    expect(scale(E, V, M, ['GCS_UNTESTABLE', 0])[0]).toBeUndefined();
  });

  test('3: also beside a charted total, in either order', () => {
    expect(scale(['GCS_TOTAL', 9], ['GCS_UNTESTABLE', 0])[0]).toBeUndefined();
    expect(scale(['GCS_UNTESTABLE', 0], ['GCS_TOTAL', 9])[0]).toBeUndefined();
  });

  test('3: at another instant it says nothing about this one', () => {
    expect(scale(['GCS_TOTAL', 9], ['GCS_UNTESTABLE', 0, 1])[0]).toBe(9);
  });

  test('4: of several rows of one part the lowest, of several totals the lowest', () => {
    expect(scale(E, ['GCS_EYE', 2], V, M, ['GCS_MOTOR', 4]).slice(0, 2)).toEqual([11, 1]);
    expect(scale(['GCS_TOTAL', 14], ['GCS_TOTAL', 8], ['GCS_TOTAL', 15]).slice(0, 2)).toEqual([8, 1]);
  });

  test('ACVPU stands beside the scale; the worst of several speaks', () => {
    expect(scale(['MENTATION', 0], ['MENTATION', 1])[2]).toBe(1);
    expect(scale(['MENTATION', 0])[2]).toBe(0);
    expect(scale(['GCS_UNTESTABLE', 0], ['MENTATION', 1])).toEqual([undefined, -1, 1]);
  });
});

describe('a row that says no', () => {
  test('is in no altered instant but with one that says yes', () => {
    const row = fc.oneof(
      fc.tuple(fc.constant('GCS_TOTAL' as const), fc.constantFrom(3, 12, 13, 14, 14.5, 15)),
      fc.tuple(fc.constant('GCS_EYE' as const), fc.constantFrom(1, 3, 4)),
      fc.tuple(fc.constant('GCS_VERBAL' as const), fc.constantFrom(1, 4, 5)),
      fc.tuple(fc.constant('GCS_MOTOR' as const), fc.constantFrom(1, 5, 6)),
      fc.tuple(fc.constant('GCS_UNTESTABLE' as const), fc.constant(0)),
      fc.tuple(fc.constant('MENTATION' as const), fc.constantFrom(0, 1)),
    );
    const rows = fc.array(row, { minLength: 1, maxLength: 6 });
    let altered = 0;
    fc.assert(
      fc.property(rows, fc.constantFrom(13, 15, 16), (all, gcsBelow) => {
        const rule = { ...qsofa, gcsBelow };
        const [total, , mentation] = scale(...all);
        if (!((total !== undefined && total < gcsBelow) || (mentation ?? 0) > 0)) return;
        altered++;
        const says = all.map(([kind, value]) => mayBeAltered(rule, MEASUREMENT_KINDS.indexOf(kind), value));
        expect(says).toContain(true);
      }),
      { numRuns: 2_000 },
    );
    expect(altered).toBeGreaterThan(500);
  });

  test('by the rule: a whole score, full parts, alert, or a marker; one point less says yes', () => {
    const says = (...[kind, value]: readonly [MeasurementKind, number]): boolean =>
      mayBeAltered(qsofa, MEASUREMENT_KINDS.indexOf(kind), value);
    expect([says('GCS_TOTAL', 15), says('GCS_EYE', 4), says('GCS_VERBAL', 5), says('GCS_MOTOR', 6)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([says('MENTATION', 0), says('GCS_UNTESTABLE', 0)]).toEqual([false, false]);
    expect([says('GCS_TOTAL', 14), says('GCS_EYE', 3), says('GCS_VERBAL', 4), says('GCS_MOTOR', 5)]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(says('MENTATION', 1)).toBe(true);
  });
});
