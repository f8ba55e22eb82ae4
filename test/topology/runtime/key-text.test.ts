import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyBytes, keyText, spells } from '../../../topology/runtime/key-text.ts';

const key = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.integer({ min: 0, max: 20_000 }).map((n) => `Patient/p${n}`),
  fc.string({ unit: 'grapheme', minLength: 100, maxLength: 300 }),
);

test('the bytes of a key are its UTF-8, the first time and every other', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 50 }), (keys) => {
      const bytes = [...keys, ...keys].map(keyBytes);
      expect(bytes.map((each) => Buffer.from(each).toString('hex'))).toEqual(
        [...keys, ...keys].map((text) => Buffer.from(text).toString('hex')),
      );
    }),
  );
});

test('keys that end alike and share a hash do not share bytes', () => {
  // Twice as many keys as are remembered: by the pigeonhole principle some fall into one place.
  const keys = Array.from({ length: 20_000 }, (_, i) => `${i}/000000`);
  for (const text of keys) expect(keyText(keyBytes(text))).toBe(text);
});

test('a key is spelled by its own bytes alone; what is not ASCII is left to decoding', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      const isAscii = Array.from(a).every((character) => character < '\u0080');
      expect(spells(keyBytes(a), a)).toBe(isAscii);
      expect(spells(keyBytes(a), b)).toBe(isAscii && a === b);
      expect(keyText(keyBytes(a))).toBe(a);
    }),
  );
});

test('a byte order mark is part of a key', () => {
  expect(keyText(keyBytes('\ufeffp1'))).toBe('\ufeffp1');
});
