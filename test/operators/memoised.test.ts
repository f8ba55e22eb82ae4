import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Coding, memoised } from '../../operators/memoised.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

interface Said {
  readonly text: string;
}

/** A coding that counts what it reads. */
function counted(): { readonly coding: Coding<Said>; readonly reads: () => number } {
  let reads = 0;
  return {
    reads: () => reads,
    coding: memoised<Said>({
      encode: ({ text }) => Buffer.from(text, 'latin1'),
      decode: (bytes) => {
        reads++;
        return { text: latin1(bytes) };
      },
    }),
  };
}

describe('a memoised coding', () => {
  test('says of any bytes what the coding says, though a buffer is used again for others', () => {
    const { coding } = counted();
    const buffer = new Uint8Array(300);
    // Few different bytes, and long runs of which only some are looked at: many fall into one slot.
    const some = fc.array(fc.constantFrom(0, 1), { maxLength: 300 });
    fc.assert(
      fc.property(some, fc.boolean(), (bytes, written) => {
        buffer.set(bytes);
        const view = buffer.subarray(0, bytes.length);
        const text = latin1(view);
        if (written) expect(latin1(coding.encode({ text }))).toBe(text);
        expect(coding.decode(view).text).toBe(text);
        expect(coding.decode(view)).toBe(coding.decode(view));
      }),
    );
  });

  test('reads once what comes again, and anew what differs in one byte', () => {
    const { coding, reads } = counted();
    const bytes = Buffer.alloc(1_000, 'x');
    coding.decode(bytes);
    coding.decode(Buffer.from(bytes));
    expect(reads()).toBe(1);
    for (let i = 0; i < 1_000; i++) {
      const other = Buffer.from(bytes);
      other[i] = 0;
      coding.decode(other);
    }
    expect(reads()).toBe(1_001);
  });

  test('gives what was written without reading it', () => {
    const { coding, reads } = counted();
    const value = { text: 'as it was' };
    const copy = Buffer.from(coding.encode(value));
    expect(coding.decode(copy)).toBe(value);
    expect(reads()).toBe(0);
  });

  test('what cannot be read, or written, is not remembered', () => {
    let tries = 0;
    const refuse = (): never => {
      tries++;
      throw new Error('unreadable');
    };
    const coding = memoised<Said>({ encode: refuse, decode: refuse });
    for (let i = 0; i < 2; i++) {
      expect(() => coding.decode(Uint8Array.of(1))).toThrow('unreadable');
      expect(() => coding.encode({ text: '' })).toThrow('unreadable');
    }
    expect(tries).toBe(4);
  });
});
