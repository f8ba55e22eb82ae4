import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareBytes,
  f64,
  i48,
  putF64,
  putI48,
  putU16,
  putU32,
  putVarint,
  u16,
  u32,
  varint,
} from '../../../operators/patient-window/bytes.ts';
import { idAt, putId } from '../../../operators/patient-window/packed-id.ts';
import { putTableText, tableText } from '../../../operators/patient-window/text-table.ts';

const at = fc.nat({ max: 7 });
const back = (
  value: number,
  put: (b: Uint8Array, at: number, v: number) => void,
  get: (b: Uint8Array, at: number) => number,
  from: number,
): number => {
  const bytes = new Uint8Array(32).fill(0xa5);
  put(bytes, from, value);
  return get(bytes, from);
};

describe('numbers in bytes', () => {
  test('u16, u32 and doubles come back', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 65_535 }),
        fc.nat({ max: 4_294_967_295 }),
        fc.double(),
        at,
        (small, large, double, from) => {
          expect(back(small, putU16, u16, from)).toBe(small);
          expect(back(large, putU32, u32, from)).toBe(large);
          expect(back(double, putF64, f64, from)).toBe(double);
        },
      ),
    );
    for (const double of [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -0, Number.MIN_VALUE])
      expect(back(double, putF64, f64, 3)).toBe(double);
  });

  test('times before and after 1970 come back from 48 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }), at, (time, from) => {
        expect(back(time, putI48, i48, from)).toBe(time);
      }),
      { numRuns: 500 },
    );
    for (const time of [
      -1,
      0,
      1,
      -(2 ** 32),
      2 ** 32,
      -(2 ** 32) - 1,
      -(2 ** 47),
      2 ** 47 - 1,
      Date.UTC(1938, 0, 1),
      Date.UTC(2202, 0, 1),
    ]) {
      expect(back(time, putI48, i48, 1)).toBe(time);
    }
  });

  test('whole numbers up to 2^53 come back from groups of seven bits, and the position behind them', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.nat({ max: 300 }), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
        at,
        (value, from) => {
          const bytes = new Uint8Array(32).fill(0xff);
          const end = putVarint(bytes, from, value);
          const cursor = { at: from };
          expect(varint(bytes, cursor)).toBe(value);
          expect(cursor.at).toBe(end);
          expect(end - from).toBeLessThanOrEqual(8);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('runs of bytes compare like arrays of numbers, a beginning before its whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 6 }), (a, b) => {
        expect(Math.sign(compareBytes(a, 0, a.length, b, 0, b.length))).toBe(Math.sign(Buffer.compare(a, b)));
      }),
    );
  });
});

const ids = fc.oneof(
  fc.uuid(),
  fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '0', '9', '-', '.'), minLength: 1, maxLength: 64 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 16 }),
);
const written = (id: string): readonly [id: string, length: number] => {
  const bytes = new Uint8Array(600).fill(0xee);
  const { end, uuid } = putId(bytes, 5, id);
  expect(bytes[end]).toBe(0xee);
  return [idAt(bytes, 5, uuid), end - 5];
};

describe('ids in bytes', () => {
  test('every id of up to 64 characters comes back', () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(written(id)[0]).toBe(id);
      }),
      { numRuns: 500 },
    );
  });

  test('a lower-case UUID takes 17 bytes; what only looks like one is kept as it is', () => {
    expect(written('0b8ff25c-3b60-4b6b-9a6e-4f3f2f1f7a10')).toEqual([
      '0b8ff25c-3b60-4b6b-9a6e-4f3f2f1f7a10',
      17,
    ]);
    for (const id of [
      '0B8FF25C-3B60-4B6B-9A6E-4F3F2F1F7A10',
      '0b8ff25c-3b60-4b6b-9a6e-4f3f2f1f7a1g',
      '0b8ff25c_3b60_4b6b_9a6e_4f3f2f1f7a10',
    ]) {
      expect(written(id)).toEqual([id, 37]);
    }
  });

  test('a longer id than FHIR allows is cut at 200 bytes, between characters', () => {
    expect(written('x'.repeat(300))).toEqual(['x'.repeat(200), 201]);
    expect(written('é'.repeat(150))).toEqual(['é'.repeat(100), 201]);
    expect(written(`x${'é'.repeat(150)}`)).toEqual([`x${'é'.repeat(99)}`, 200]);
  });

  test('an empty id comes back', () => {
    expect(written('')).toEqual(['', 1]);
  });
});

describe('texts by number', () => {
  test.each(['', '9279-1', 'fhir.observation.vitals', "a site's own topic", 'é😀', 'x'.repeat(250)])(
    '"%s" comes back',
    (text) => {
      const bytes = new Uint8Array(600).fill(0xee);
      const end = putTableText(bytes, 3, text);
      const cursor = { at: 3 };
      expect(tableText(bytes, cursor)).toBe(text);
      expect(cursor.at).toBe(end);
    },
  );

  test('what every entry holds takes one byte', () => {
    expect(putTableText(new Uint8Array(600), 0, '8480-6')).toBe(1);
  });

  test('a text longer than 250 bytes is cut', () => {
    const bytes = new Uint8Array(600);
    putTableText(bytes, 0, 'x'.repeat(400));
    expect(tableText(bytes, { at: 0 })).toBe('x'.repeat(250));
  });
});
