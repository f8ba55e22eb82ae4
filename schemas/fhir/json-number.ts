import type { JsonBytes } from './json-bytes.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;

/** 10^0 … 10^22 are exact doubles, so one division of an exact integer by one of them rounds once, as it should. */
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Any number of this many digits is below 2^53. */
const EXACT_DIGITS = 15;

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= 0x39;

/** True for a first byte of a number; the number itself is validated when it is read. */
export const startsNumber = (byte: number): boolean => byte === MINUS || isDigit(byte);

function endOfDigits(json: JsonBytes, from: number): number {
  const bytes = json.bytes;
  let offset = from;
  while (isDigit(bytes[offset] as number)) offset++;
  if (offset === from) json.fail(offset, 'a digit');
  return offset;
}

/**
 * Validates a number that starts at `from` and returns the offset behind it.
 * @throws InvalidJson
 */
export function endOfNumber(json: JsonBytes, from: number): number {
  const bytes = json.bytes;
  let offset = bytes[from] === MINUS ? from + 1 : from;
  offset = bytes[offset] === ZERO ? offset + 1 : endOfDigits(json, offset);
  if (bytes[offset] === POINT) offset = endOfDigits(json, offset + 1);
  // `E` and `e` differ in one bit.
  if (((bytes[offset] as number) | 0x20) === 0x65) {
    const sign = bytes[offset + 1];
    offset = endOfDigits(json, sign === PLUS || sign === MINUS ? offset + 2 : offset + 1);
  }
  return offset;
}

/** The value of the validated number between two offsets: the double that `JSON.parse` gives. */
export function numberBetween(json: JsonBytes, from: number, to: number): number {
  const bytes = json.bytes;
  const negative = bytes[from] === MINUS;
  let digits = 0;
  let decimals = -1;
  let value = 0;
  for (let offset = negative ? from + 1 : from; offset < to; offset++) {
    const byte = bytes[offset] as number;
    if (isDigit(byte)) {
      value = value * 10 + (byte - ZERO);
      digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === POINT) decimals = 0;
    else return Number(json.ascii(from, to));
  }
  if (digits > EXACT_DIGITS) return Number(json.ascii(from, to));
  if (decimals > 0) value /= POWERS_OF_TEN[decimals] as number;
  return negative ? -value : value;
}
