import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NotedTexts } from '../../../schemas/fhir/noted-texts.ts';
import { observation, reads } from './reading.ts';

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 60 });

/** Bytes with room behind them, as the cursor has them. */
const wordsOf = (text: string): DataView =>
  new DataView(new Uint8Array(Buffer.from(`${text}\0\0\0\0`)).buffer);

test('every note gives the text that it was made of, however many there are', () => {
  const notes = new NotedTexts();
  fc.assert(
    fc.property(fc.array(fc.tuple(ascii, fc.boolean()), { maxLength: 20 }), (texts) => {
      notes.clear();
      const made = texts.map(([text, isText]) =>
        isText ? notes.noteText(text) : notes.note(wordsOf(text), 0, text.length),
      );
      expect(made.map((note) => notes.text(note))).toEqual(texts.map(([text]) => text));
    }),
  );
});

test('a text for which there is no room is not noted, and those before it stand', () => {
  const notes = new NotedTexts();
  const first = notes.note(wordsOf('first'), 0, 5);
  expect(notes.note(wordsOf('x'.repeat(5_000)), 0, 5_000)).toBeUndefined();
  const last = notes.note(wordsOf('last'), 0, 4);
  expect([first, last].map((note) => notes.text(note))).toEqual(['first', 'last']);
});

test('ids and times of any length are read whole', () => {
  for (const length of [0, 1, 2_000, 4_095, 4_096, 50_000]) {
    const id = 'i'.repeat(length);
    const read = reads(observation({ id, issued: `${id}j`, meta: { lastUpdated: `${id}\u00e9` } }));
    expect(read).toMatchObject({ id, issued: `${id}j`, lastUpdated: `${id}\u00e9` });
  }
});
