import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { qsofa } from '../../../operators/clinical/qsofa.ts';
import {
  type Block,
  emptyBlock,
  LAYOUT,
  mayBePositive,
  newestUsable,
  openBlock,
  patientBytes,
  writeBlock,
} from '../../../operators/patient-window/block.ts';
import { evict, splice } from '../../../operators/patient-window/splice.ts';
import { CONTEXT, ENCOUNTER, FROZEN, sectionOf, setSection } from '../../../operators/patient-window/tail.ts';
import { gcs, retraction, rr, sbp, T0 } from '../events.ts';

const time = fc.oneof(
  fc.integer({ min: -(2 ** 47), max: 2 ** 47 }),
  fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
);
const section = fc.uint8Array({ maxLength: 400 });
const count = fc.nat({ max: 4_294_967_295 });
const blocks: fc.Arbitrary<Block> = fc
  .record({
    highWater: time,
    first: time,
    capFrontier: time,
    capped: count,
    attention: fc.boolean(),
    encounterTime: time,
    entryCount: fc.nat({ max: 200 }),
    mayMeetRr: count,
    mayMeetSbp: count,
    mayMeetGcs: count,
    entries: fc.uint8Array({ maxLength: 400 }),
    sections: fc.tuple(section, section, section),
    gap: fc.nat({ max: 40 }),
  })
  .map(({ entries, sections, gap, ...fields }) => {
    const prints = Uint8Array.from({ length: 2 * fields.entryCount }, (_, i) => (i * 37) & 0xff);
    const entriesFrom = prints.length + gap;
    const block: Block = {
      ...emptyBlock(),
      ...fields,
      bytes: Uint8Array.of(...prints, ...new Uint8Array(gap), ...entries),
      entriesFrom,
      entriesTo: entriesFrom + entries.length,
    };
    for (const which of [ENCOUNTER, FROZEN, CONTEXT] as const) setSection(block, which, sections[which]);
    return block;
  });

const printsOf = (block: Block): number[] => [
  ...block.bytes.subarray(block.printsFrom, block.printsFrom + 2 * block.entryCount),
];
const tailOf = (block: Block): number[][] =>
  ([ENCOUNTER, FROZEN, CONTEXT] as const).map((which) => [...sectionOf(block, which)]);
/** What does not say where in a buffer something lies. */
const plain = ({ bytes: _b, printsFrom: _p, entriesFrom: _f, entriesTo: _t, ...rest }: Block): unknown => {
  const { tail: _tail, tailFrom: _from, tailTo: _to, ...fields } = rest;
  return fields;
};
const entriesOf = (block: Block): number[] => [...block.bytes.subarray(block.entriesFrom, block.entriesTo)];
const written = (block: Block): Uint8Array => {
  return writeBlock(block).slice();
};
const holding = (...events: readonly ReturnType<typeof rr>[]): Block => {
  const block = emptyBlock();
  for (const event of events) {
    splice(
      block,
      event,
      event.time ?? 0,
      { horizon: Number.NEGATIVE_INFINITY, lateBefore: Number.NEGATIVE_INFINITY },
      qsofa,
    );
    block.bytes = Uint8Array.from(block.bytes);
  }
  return block;
};

describe('the state of a patient in bytes', () => {
  test('comes back as it was, from any place in a buffer', () => {
    fc.assert(
      fc.property(blocks, (block) => {
        const state = written(block);
        const larger = new Uint8Array(state.length + 9).fill(0xee);
        larger.set(state, 9);
        const opened = openBlock(larger.subarray(9));
        expect(plain(opened)).toEqual(plain(block));
        expect(entriesOf(opened)).toEqual(entriesOf(block));
        expect(printsOf(opened)).toEqual(printsOf(block));
        expect(tailOf(opened)).toEqual(tailOf(block));
        expect(written(opened)).toEqual(state);
      }),
      { numRuns: 300 },
    );
  });

  test('an empty one comes back', () => {
    expect(openBlock(written(emptyBlock()))).toMatchObject({
      highWater: Number.NEGATIVE_INFINITY,
      first: Number.POSITIVE_INFINITY,
      entryCount: 0,
      capped: 0,
    });
  });

  test('another layout is refused, never guessed', () => {
    const state = written(emptyBlock());
    state[0] = LAYOUT + 1;
    expect(() => openBlock(state)).toThrow(new RegExp(`layout ${LAYOUT + 1}`));
  });

  test('the store holds these bytes and nothing else', () => {
    const state = written(emptyBlock());
    expect(patientBytes.decode(patientBytes.encode(state))).toBe(state);
  });

  test('the newest usable vital sign is the newest that counts', () => {
    expect(newestUsable(emptyBlock())).toBe(Number.NEGATIVE_INFINITY);
    expect(
      newestUsable(
        holding(rr('a', T0, 16), rr('b', T0 + 2, 16), retraction('b', T0 + 2), sbp('c', T0 + 1, 90)),
      ),
    ).toBe(T0 + 1);
  });

  test('an episode is looked for only where as many criteria might be met as it takes', () => {
    const [none, one, two] = [
      holding(rr('a', T0, 16)),
      holding(rr('a', T0, 30), rr('b', T0, 31)),
      holding(rr('a', T0, 30), gcs('g', T0, 14)),
    ];
    expect([none, one, two].map((block) => mayBePositive(block, 2))).toEqual([false, false, true]);
    expect([none, one, two].map((block) => mayBePositive(block, 1))).toEqual([false, true, true]);
  });

  test('a value that is withdrawn, or let go, is no longer counted among those that might meet', () => {
    const block = holding(rr('a', T0, 30), sbp('b', T0 + 1, 80), rr('c', T0 + 2, 31));
    expect([block.mayMeetRr, block.mayMeetSbp, block.mayMeetGcs]).toEqual([2, 1, 0]);
    evict(block, T0 + 1);
    expect([block.mayMeetRr, block.mayMeetSbp]).toEqual([1, 1]);
    const withdrawn = holding(rr('a', T0, 30), sbp('b', T0 + 1, 80), retraction('b', T0 + 1));
    expect([withdrawn.mayMeetRr, withdrawn.mayMeetSbp]).toEqual([1, 0]);
  });

  test('what was spliced and let go in part is written where it lies as it would be elsewhere', () => {
    const spliced = openBlock(written(holding(rr('a', T0, 30), sbp('b', T0 + 1, 80))));
    const limits = { horizon: Number.NEGATIVE_INFINITY, lateBefore: Number.NEGATIVE_INFINITY };
    splice(spliced, rr('c', T0 + 2, 31), T0 + 2, limits, qsofa);
    evict(spliced, T0 + 1);
    expect(spliced.spliced).toBe(true);
    const elsewhere = { ...spliced, bytes: Uint8Array.from(spliced.bytes), spliced: false };
    const state = written(spliced);
    expect(written(elsewhere)).toEqual(state);
    expect(written(openBlock(state))).toEqual(state);
  });
});
