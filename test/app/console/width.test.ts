import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, fit, printable, widthOf } from '../../../app/console/width.ts';

describe('width of text', () => {
  test.each([
    ['ward-07', 7],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['病床', 4],
    ['한국', 4],
    ['▁▃▆█└─┘·…−×', 11],
    ['🛏', 2],
    ['', 0],
  ])('%s takes %i columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  test('cut never exceeds the columns and never splits a character; fit fills them exactly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, columns) => {
        const shown = printable(text);
        expect(widthOf(cut(shown, columns, '…'))).toBeLessThanOrEqual(columns);
        expect(shown.startsWith(cut(shown, columns))).toBe(true);
        expect(widthOf(fit(shown, columns, '…'))).toBe(columns);
      }),
    );
  });

  test('printable text holds nothing that a terminal obeys', () => {
    expect(printable('a\u001b[31mb\u0000\u009b2J\u200f\ud800c')).toBe('a[31mb2Jc');
  });
});
