import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CONTEXT,
  EMPTY_TAIL,
  ENCOUNTER,
  FROZEN,
  sectionLength,
  sectionOf,
  sectionSpells,
  setSection,
  type Tail,
} from '../../../operators/patient-window/tail.ts';

const SECTIONS = [ENCOUNTER, FROZEN, CONTEXT] as const;
const empty = (): Tail => ({ tail: EMPTY_TAIL, tailFrom: 0, tailTo: EMPTY_TAIL.length });

describe('the tail of a state', () => {
  test('keeps three runs of bytes apart, whichever is set, and however often', () => {
    const writes = fc.array(fc.tuple(fc.constantFrom(...SECTIONS), fc.uint8Array({ maxLength: 30 })));
    fc.assert(
      fc.property(writes, (all) => {
        const tail = empty();
        const model = SECTIONS.map(() => new Uint8Array());
        for (const [section, bytes] of all) {
          setSection(tail, section, bytes);
          model[section] = Uint8Array.from(bytes);
          expect(SECTIONS.map((which) => [...sectionOf(tail, which)])).toEqual(model.map((one) => [...one]));
          expect(SECTIONS.map((which) => sectionLength(tail, which))).toEqual(model.map((one) => one.length));
        }
      }),
    );
  });

  test('of nothing is never written into: every empty state shares it', () => {
    const tail = empty();
    setSection(tail, FROZEN, Uint8Array.of(1, 2, 3));
    setSection(tail, FROZEN, new Uint8Array());
    expect([...EMPTY_TAIL]).toEqual(Array.from({ length: 12 }, () => 0));
    expect([...tail.tail]).toEqual([...EMPTY_TAIL]);
  });

  test('spells the text that it holds, and no other; beyond ASCII it does not say', () => {
    const tail = empty();
    setSection(tail, ENCOUNTER, Buffer.from('Encounter/1'));
    const asked = ['Encounter/1', 'Encounter/2', 'Encounter/', 'Encounter/11', ''];
    expect(asked.map((text) => sectionSpells(tail, ENCOUNTER, text))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    setSection(tail, ENCOUNTER, Buffer.from('é'));
    expect(sectionSpells(tail, ENCOUNTER, 'Ã©')).toBe(false);
  });
});
