import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameJson } from '../../../operators/alerts/same-json.ts';

describe('two values of JSON', () => {
  test('say the same exactly when their texts are the same', () => {
    // JSON knows no negative zero.
    const value = fc.jsonValue().map((one) => JSON.parse(JSON.stringify(one)) as unknown);
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(sameJson(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b));
        expect(sameJson(a, JSON.parse(JSON.stringify(a)))).toBe(true);
      }),
    );
  });

  test.each([
    [[], {}],
    [[1], { 0: 1 }],
    [null, {}],
    [null, 0],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [[1, 2], [1]],
    ['1', 1],
  ])('%j and %j are not the same', (a, b) => {
    expect(sameJson(a, b)).toBe(false);
    expect(sameJson(b, a)).toBe(false);
  });
});
