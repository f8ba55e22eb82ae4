import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoisedRead } from '../../operators/memoised-read.ts';

describe('a memoised read', () => {
  test('says of any bytes what the read says, though a buffer is used again for others', () => {
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
    const read = memoisedRead((bytes) => ({ text: text(bytes) }));
    const buffer = new Uint8Array(300);
    // Few different bytes, and long runs of which only some are looked at: many fall into one slot.
    const some = fc.array(fc.constantFrom(0, 1), { maxLength: 300 });
    fc.assert(
      fc.property(some, (bytes) => {
        buffer.set(bytes);
        const view = buffer.subarray(0, bytes.length);
        expect(read(view).text).toBe(text(view));
        expect(read(view)).toBe(read(view));
      }),
    );
  });

  test('reads once what comes again, and anew what differs in one byte', () => {
    let reads = 0;
    const read = memoisedRead((bytes) => [++reads, bytes.length]);
    const bytes = Buffer.alloc(1_000, 'x');
    read(bytes);
    read(Buffer.from(bytes));
    expect(reads).toBe(1);
    for (let i = 0; i < 1_000; i++) {
      const other = Buffer.from(bytes);
      other[i] = 0;
      read(other);
    }
    expect(reads).toBe(1_001);
  });

  test('what cannot be read is not remembered', () => {
    let reads = 0;
    const read = memoisedRead(() => {
      reads++;
      throw new Error('unreadable');
    });
    for (let i = 0; i < 2; i++) expect(() => read(Uint8Array.of(1))).toThrow('unreadable');
    expect(reads).toBe(2);
  });
});
