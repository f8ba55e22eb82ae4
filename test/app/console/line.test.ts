import { describe, expect, test } from 'vitest';
import { paint } from '../../../app/console/line.ts';

const UNICODE = { colour: false, unicode: true };
const ASCII = { colour: false, unicode: false };

describe('a line', () => {
  test('the right side stands at the edge, the left side is cut for it', () => {
    expect(paint({ left: [['left']], right: [['right']] }, 14, UNICODE)).toBe('left     right');
    expect(paint({ left: [['much too long']], right: [['right']] }, 14, UNICODE)).toBe('much to… right');
  });

  test('a right side wider than the line is left out', () => {
    expect(paint({ left: [['left']], right: [['right']] }, 5, UNICODE)).toBe('left');
  });

  test('a cut goes across the pieces and keeps their styles', () => {
    const line = { left: [['ab', 'bold'] as const, ['cdef', 'alarm'] as const] };
    expect(paint(line, 5, UNICODE)).toBe('abcd…');
    expect(paint(line, 5, { colour: true, unicode: true })).toBe(
      '\u001b[1mab\u001b[0m\u001b[1;31mcd\u001b[0m…',
    );
  });

  test('where there is no Unicode, known characters are spelled and the rest becomes a question mark', () => {
    expect(paint({ left: [['−12 h · ×2 病床']] }, 40, ASCII)).toBe('-12 h | x2 ??');
    expect(paint({ left: [['abcdef']] }, 4, ASCII)).toBe('abc~');
  });
});
