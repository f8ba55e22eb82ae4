import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fingerprintOf,
  nextAlike,
  PRINT,
  putFingerprint,
} from '../../../operators/patient-window/fingerprints.ts';

describe('fingerprints of ids', () => {
  test('all that are equal are found, one after the other, and none else', () => {
    const prints = fc.array(fc.integer({ min: 0, max: 3 }).map((n) => (n & 1) * 0x0100 + (n >> 1)));
    fc.assert(
      fc.property(prints, fc.nat({ max: 5 }), (all, from) => {
        const bytes = new Uint8Array(from + PRINT * all.length + 3);
        all.forEach((print, i) => putFingerprint(bytes, from + PRINT * i, print));
        for (const wanted of [0x0000, 0x0001, 0x0100, 0x0101]) {
          const found: number[] = [];
          for (let i = nextAlike(bytes, from, all.length, wanted, 0); i >= 0; )
            i = nextAlike(bytes, from, all.length, wanted, (found[found.push(i) - 1] ?? 0) + 1);
          expect(found).toEqual(all.flatMap((print, i) => (print === wanted ? [i] : [])));
        }
      }),
    );
  });

  test('are of the bytes alone, wherever they lie, and are sixteen bits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (id) => {
        const moved = Uint8Array.of(7, 7, 7, ...id, 9);
        const fingerprint = fingerprintOf(moved, 3, 3 + id.length);
        expect(fingerprint).toBe(fingerprintOf(id, 0, id.length));
        expect(fingerprint).toBeLessThan(1 << 16);
      }),
    );
  });

  test('ids that differ in their last digits have different ones, nearly always', () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => Buffer.from(`obs-4711-${i}`));
    expect(new Set(ids.map((id) => fingerprintOf(id, 0, id.length))).size).toBeGreaterThan(980);
  });
});
