import type { Coding } from './memoised.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A part of a state that is rare enough to be JSON. Only what it wrote itself is read. */
export const json = <T>(): Coding<T> => ({
  encode: (value) => encoder.encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(decoder.decode(bytes)) as T,
});
