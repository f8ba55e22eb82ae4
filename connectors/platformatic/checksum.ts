import { crc32c, Reader } from './library.ts';

/** From here on a copy of the bytes costs more than what keeps the library from making one. */
const LARGE = 8_192;

/**
 * CRC-32C of the bytes, unsigned. The library copies what it is given unless it is a buffer of its own kind, and the copy costs several
 * times the sum itself.
 */
export const checksum = (bytes: Buffer): number =>
  crc32c(bytes.length < LARGE ? bytes : Reader.from(bytes).buffer) >>> 0;
