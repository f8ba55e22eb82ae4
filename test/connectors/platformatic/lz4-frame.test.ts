import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compressionsAlgorithms } from '../../../connectors/platformatic/library.ts';
import { unpackLz4 } from '../../../connectors/platformatic/lz4-frame.ts';

const { lz4 } = compressionsAlgorithms;
const pack = (bytes: Uint8Array): Buffer => lz4.compressSync(Buffer.from(bytes));

/** Pieces that come again, near and far, of one byte and of thousands: all that a packer makes matches of. */
const repetitive = fc
  .array(
    fc.record({
      piece: fc.uint8Array({ minLength: 1, maxLength: 300 }),
      times: fc.nat({ max: 40 }),
      of: fc.nat(),
    }),
    { maxLength: 40 },
  )
  .map((parts) => {
    const pieces = parts.map(({ piece }) => piece);
    return Buffer.concat(
      parts.flatMap(({ times, of }) =>
        Array<Uint8Array>(times).fill(pieces[of % pieces.length] as Uint8Array),
      ),
    );
  });
/** Not nothing: the library cannot pack that once its memory has grown. */
const anything = fc.oneof(repetitive, fc.uint8Array({ maxLength: 5_000 })).filter(({ length }) => length > 0);

/** A frame around blocks, flags as given. */
function frame(
  blocks: readonly (readonly [packed: boolean, bytes: readonly number[]])[],
  flags = 0x60,
): Buffer {
  const parts = [Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, 0x40, 0])];
  for (const [packed, bytes] of blocks) {
    const size = Buffer.alloc(4);
    size.writeUInt32LE((bytes.length | (packed ? 0 : 0x8000_0000)) >>> 0);
    parts.push(size, Buffer.from(bytes));
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

describe('an LZ4 frame', () => {
  test('gives what was packed', () => {
    fc.assert(
      fc.property(anything, (bytes) => {
        expect(unpackLz4(pack(bytes))?.equals(bytes)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('of many blocks, which cannot be packed or refer to each other', () => {
    const size = 9_000_000;
    const even = Buffer.alloc(size, 'a patient, and ');
    const odd = Buffer.allocUnsafe(size);
    for (let i = 0, x = 1; i < size; i++) {
      x = Math.imul(x, 1_664_525) + 1_013_904_223;
      odd[i] = x >>> 24;
    }
    for (const bytes of [even, odd, Buffer.concat([even, odd, even])])
      expect(unpackLz4(pack(bytes))?.equals(bytes)).toBe(true);
  });

  test.each([
    ['literals alone', [[true, [0x30, 1, 2, 3]]], [1, 2, 3]],
    ['a byte again and again', [[true, [0x1a, 7, 1, 0, 0x00]]], Array<number>(15).fill(7)],
    ['three bytes again and again', [[true, [0x32, 1, 2, 3, 3, 0, 0x00]]], [1, 2, 3, 1, 2, 3, 1, 2, 3]],
    [
      'a match that begins in the block before',
      [
        [false, [1, 2, 3, 4]],
        [true, [0x00, 4, 0, 0x10, 9]],
      ],
      [1, 2, 3, 4, 1, 2, 3, 4, 9],
    ],
    ['nothing', [], []],
  ] as const)('%s', (_, blocks, expected) => {
    expect(unpackLz4(frame(blocks))?.toJSON().data).toEqual(expected);
  });

  test('that says how long it is', () => {
    const plain = frame([[false, [1, 2, 3]]], 0x68);
    const length = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]);
    const told = Buffer.concat([plain.subarray(0, 6), length, plain.subarray(6)]);
    expect(unpackLz4(told)?.toJSON().data).toEqual([1, 2, 3]);
  });

  test.each([
    ['a match before the beginning', frame([[true, [0x10, 1, 2, 0, 0x00]]])],
    ['a match at no distance', frame([[true, [0x10, 1, 0, 0, 0x00]]])],
    ['literals behind the end', frame([[true, [0x50, 1, 2]]])],
    ['a length without an end', frame([[true, [0xf0, 255, 255]]])],
    ['a match without its distance', frame([[true, [0x10, 1, 1]]])],
    ['a block without its end', frame([[true, [0x10, 1, 1, 0]]])],
    ['checksums, which the library reads', frame([[false, [1]]], 0x64)],
    ['another version', frame([[false, [1]]], 0xa0)],
    ['something behind the frame', Buffer.concat([frame([[false, [1]]]), Buffer.from([1])])],
    ['no end', frame([[false, [1]]]).subarray(0, -4)],
    ['a block of more than there is', frame([[false, [1]]]).subarray(0, -5)],
    ['no frame', Buffer.from('not a frame of any kind')],
    ['nothing at all', Buffer.alloc(0)],
  ])('is not read here with %s', (_, bytes) => {
    expect(unpackLz4(bytes)).toBeUndefined();
  });

  test('broken anywhere, it is left to the library, or what it gives is within what it says', () => {
    fc.assert(
      fc.property(
        anything,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (bytes, where, by, cut) => {
          const packed = pack(bytes);
          const at = where % packed.length;
          const broken = Buffer.from(cut ? packed.subarray(0, at) : packed);
          if (!cut) broken[at] = (broken[at] as number) ^ by;
          const found = unpackLz4(broken);
          if (cut) expect(found).toBeUndefined();
          if (found === undefined) return;
          let library: Buffer | undefined;
          try {
            library = lz4.decompressSync(broken);
          } catch {
            // It looks at the checksum of the head too.
          }
          if (library !== undefined) expect(found.equals(library)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
