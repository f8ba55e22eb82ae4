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
import { splice } from '../../../operators/patient-window/splice.ts';
import { gcs, retraction, rr, sbp, T0 } from '../events.ts';

const time = fc.oneof(
  fc.integer({ min: -(2 ** 47), max: 2 ** 47 }),
  fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
);
const bytes = fc.uint8Array({ maxLength: 400 });
const blocks: fc.Arbitrary<Block> = fc
  .record({
    highWater: time,
    first: time,
    capFrontier: time,
    capped: fc.nat({ max: 4_294_967_295 }),
    attention: fc.boolean(),
    encounterTime: time,
    encounter: fc.uint8Array({ maxLength: 255 }),
    bytes,
    entryCount: fc.nat({ max: 100_000 }),
    frozen: bytes,
    context: bytes,
  })
  .map((fields) => ({
    ...fields,
    spliced: false,
    mayMeet: -1,
    entriesFrom: 0,
    entriesTo: fields.bytes.length,
  }));

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
        const {
          bytes: _bytes,
          entriesFrom: _from,
          entriesTo: _to,
          encounter,
          frozen,
          context,
          ...plain
        } = opened;
        const {
          bytes: _b,
          entriesFrom: _f,
          entriesTo: _t,
          encounter: e,
          frozen: f,
          context: c,
          ...expected
        } = block;
        expect(plain).toEqual(expected);
        expect(entriesOf(opened)).toEqual(entriesOf(block));
        expect([[...encounter], [...frozen], [...context]]).toEqual([[...e], [...f], [...c]]);
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
    expect(() => openBlock(state)).toThrow(/layout 2/);
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
      holding(rr('a', T0, 30), gcs('g', T0, 15)),
    ];
    expect([none, one, two].map((block) => mayBePositive(block, 2))).toEqual([false, false, true]);
    expect([none, one, two].map((block) => mayBePositive(block, 1))).toEqual([false, true, true]);
  });
});
