/**
 * Resource ids in bytes. A lower-case UUID, the commonest id there is, takes 16 bytes instead of 36:
 * the window of a patient is mostly ids.
 */
const HEX = '0123456789abcdef';
const DASHES = [8, 13, 18, 23];
const decoder = new TextDecoder();
const encoder = new TextEncoder();

const nibble = (c: number): number => (c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : -1);

/** Writes 16 bytes and returns true when `id` is a lower-case UUID; else writes nothing. */
function putUuid(b: Uint8Array, at: number, id: string): boolean {
  if (id.length !== 36) return false;
  for (const dash of DASHES) if (id.charCodeAt(dash) !== 45) return false;
  let out = at;
  for (let i = 0; i < 36; ) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      i++;
      continue;
    }
    const high = nibble(id.charCodeAt(i));
    const low = nibble(id.charCodeAt(i + 1));
    if (high < 0 || low < 0) return false;
    b[out++] = (high << 4) | low;
    i += 2;
  }
  return true;
}

/** Longest id kept whole, in UTF-8 bytes; FHIR allows 64 characters. Longer ones are cut. */
const LIMIT = 200;

/** Short and plain, as nearly all are: quicker than a call out of the engine. */
function putAscii(b: Uint8Array, at: number, id: string): boolean {
  if (id.length > 64) return false;
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i);
    if (unit >= 0x80) return false;
    b[at + i] = unit;
  }
  return true;
}

/** Writes length and bytes; returns the position behind them. `uuid` tells the reader which form it is. */
export function putId(b: Uint8Array, at: number, id: string): { end: number; uuid: boolean } {
  if (putUuid(b, at + 1, id)) {
    b[at] = 16;
    return { end: at + 17, uuid: true };
  }
  const written = putAscii(b, at + 1, id)
    ? id.length
    : encoder.encodeInto(id, b.subarray(at + 1, at + 1 + LIMIT)).written;
  b[at] = written;
  return { end: at + 1 + written, uuid: false };
}

/** Reads what `putId` wrote. */
export function idAt(b: Uint8Array, at: number, uuid: boolean): string {
  const length = b[at] as number;
  if (!uuid) return decoder.decode(b.subarray(at + 1, at + 1 + length));
  let id = '';
  for (let i = 0; i < 16; i++) {
    const byte = b[at + 1 + i] as number;
    id += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
    if (i === 3 || i === 5 || i === 7 || i === 9) id += '-';
  }
  return id;
}
