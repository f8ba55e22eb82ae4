import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InternedStrings } from '../../../schemas/codecs/interned-strings.ts';

const viewOf = (text: string): DataView => new DataView(new Uint8Array(Buffer.from(text)).buffer);
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 80 });

test('a string that is found is the one of these bytes, whatever took its place meanwhile', () => {
  // So few places that strings drive each other out all the time.
  const strings = new InternedStrings(8);
  let found = 0;
  fc.assert(
    fc.property(fc.array(ascii, { maxLength: 30 }), (texts) => {
      for (const text of [...texts, ...texts]) {
        const known = strings.find(viewOf(text), 0, text.length);
        if (known === undefined) strings.keep(text, viewOf(text), 0);
        else {
          expect(known).toBe(text);
          found++;
        }
      }
    }),
  );
  expect(found).toBeGreaterThan(0);
});

test('a few thousand patients with their encounters are all held', () => {
  const strings = new InternedStrings(16_384);
  const texts = Array.from({ length: 4_000 }, (_, i) => `${i % 2 === 0 ? 'Patient/p' : 'Encounter/e'}${i}`);
  for (const text of texts) strings.keep(text, viewOf(text), 0);
  const held = texts.filter((text) => strings.find(viewOf(text), 0, text.length) === text);
  expect(held.length).toBeGreaterThan(0.98 * texts.length);
});

test('what is held may be another string of the same text, and that is the one to go on with', () => {
  const strings = new InternedStrings(8, (text) => `${text}`.trim());
  const kept = strings.keep('final', viewOf('final'), 0);
  expect(kept).toBe('final');
  expect(strings.find(viewOf('__final__'), 2, 5)).toBe('final');
});

test('a long string is not held', () => {
  const strings = new InternedStrings(8);
  const long = 'x'.repeat(65);
  expect(strings.keep(long, viewOf(long), 0)).toBe(long);
  expect(strings.find(viewOf(long), 0, long.length)).toBeUndefined();
});
