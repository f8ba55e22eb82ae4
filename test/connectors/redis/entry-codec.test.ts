import { crc32, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EntryCodec } from '../../../connectors/redis/entry-codec.ts';

const codec = new EntryCodec(undefined);

/** Compressible to every degree, below the size from which states are compressed and far above it. */
const states = fc
  .tuple(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 30 }), fc.nat({ max: 60 }))
  .map(([parts, times]) => Buffer.concat(Array.from({ length: times }, () => Buffer.concat(parts))));

test('an entry comes back as it was, compressed or not, and is never much larger', () => {
  const encode = codec.encoding();
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), states, (key, state) => {
      const { field, value } = encode('store', key, state);
      expect(value.length).toBeLessThanOrEqual(state.length + 5);
      expect(codec.decode(field, value)).toEqual(['store', key, state]);
    }),
    { numRuns: 300 },
  );
  const alike = encode('store', 'key', Buffer.alloc(50_000, 'Observation'));
  expect(alike.value.length).toBeLessThan(1_000);
});

test('an entry that an older version compressed with Zstandard is read', () => {
  const state = Buffer.alloc(5_000, 'Observation');
  const field = codec.fieldOf('store', 'key');
  const content = zstdCompressSync(state);
  const head = Buffer.alloc(5, 1);
  head.writeUInt32LE(crc32(content, crc32(field, 1)), 1);
  expect(codec.decode(field, Buffer.concat([head, content]))).toEqual(['store', 'key', state]);
});

test('an entry of a kind that is not known, or of other bytes, is none', () => {
  const { field, value } = codec.encoding()('store', 'key', Buffer.alloc(5_000, 'Observation'));
  const unknown = Buffer.from(value);
  unknown[0] = 9;
  expect(codec.decode(field, unknown)).toBeUndefined();
  for (let at = 0; at < value.length; at++) {
    const changed = Buffer.from(value);
    changed[at] = (changed[at] as number) ^ 0x11;
    expect(codec.decode(field, changed), `byte ${at}`).toBeUndefined();
  }
});
