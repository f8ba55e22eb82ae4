import { crc32, zstdDecompressSync } from 'node:zlib';
import { lz4Compress, lz4Decompress } from '@platformatic/wasm-utils';
import type { SnapshotEntry } from '../../topology/ports/snapshot-store.ts';
import type { Encryption } from './encryption.ts';

/** How an entry lies in the hash of its generation. */
export interface StoredEntry {
  readonly field: Buffer;
  readonly value: Buffer;
}

/** First byte of a value. */
const PLAIN = 0;
/** As older versions wrote it. */
const ZSTD = 1;
const SEALED = 2;
const LZ4 = 3;

const CRC_BYTES = 4;
/** Below it a call of the compressor costs more than the bytes are worth. */
const COMPRESSED_FROM = 1_024;

/**
 * An entry as a field and a value: flags, then either CRC-32 and the state under its own name, or name and state sealed
 * under a name that tells nothing. States of 1 KiB and more are compressed where that makes them smaller: with LZ4, which takes a quarter of
 * the time of Zstandard's level 1 for half as many bytes again. A state is written far more often than it is read.
 */
export class EntryCodec {
  readonly #encryption: Encryption | undefined;

  constructor(encryption: Encryption | undefined) {
    this.#encryption = encryption;
  }

  fieldOf(store: string, key: string): Buffer {
    const name = Buffer.from(`${store}\0${key}`);
    return this.#encryption?.fieldOf(name) ?? name;
  }

  /** Encodes the entries of one save. */
  encoding(): (store: string, key: string, state: Buffer) => StoredEntry {
    const seal = this.#encryption?.sealing();
    return (store, key, state) => {
      const field = this.fieldOf(store, key);
      const packed = state.length < COMPRESSED_FROM ? state : lz4Compress(state);
      const smaller = packed.length < state.length;
      const flag = smaller ? LZ4 : PLAIN;
      const content = smaller ? packed : state;
      if (seal === undefined) {
        const value = Buffer.allocUnsafe(1 + CRC_BYTES + content.length);
        value[0] = flag;
        value.set(content, 1 + CRC_BYTES);
        value.writeUInt32LE(checksum(field, flag, content), 1);
        return { field, value };
      }
      const name = Buffer.from(`${store}\0${key}`);
      const inner = Buffer.allocUnsafe(1 + 4 + name.length + content.length);
      inner[0] = flag;
      inner.writeUInt32LE(name.length, 1);
      inner.set(name, 5);
      inner.set(content, 5 + name.length);
      return { field, value: Buffer.concat([Uint8Array.of(SEALED), seal(field, inner)]) };
    };
  }

  /** Undefined: it is not what was written, or was written with another secret. */
  decode(field: Buffer, value: Buffer): SnapshotEntry | undefined {
    if (this.#encryption === undefined) {
      const flag = value[0];
      if (value.length < 1 + CRC_BYTES || (flag !== PLAIN && flag !== ZSTD && flag !== LZ4)) return undefined;
      const content = value.subarray(1 + CRC_BYTES);
      if (checksum(field, flag, content) !== value.readUInt32LE(1)) return undefined;
      return entryOf(field, flag, content);
    }
    if (value[0] !== SEALED) return undefined;
    const inner = this.#encryption.open(field, value.subarray(1));
    if (inner === undefined) return undefined;
    // What opens was written here: its lengths need no check.
    const name = inner.subarray(5, 5 + inner.readUInt32LE(1));
    return entryOf(name, inner[0] ?? PLAIN, inner.subarray(5 + name.length));
  }
}

const checksum = (field: Uint8Array, flag: number, content: Uint8Array): number =>
  crc32(content, crc32(field, flag));

function entryOf(name: Buffer, flag: number, content: Buffer): SnapshotEntry | undefined {
  const end = name.indexOf(0);
  if (end < 0) return undefined;
  return [name.toString('utf8', 0, end), name.toString('utf8', end + 1), unpacked(flag, content)];
}

function unpacked(flag: number, content: Buffer): Buffer {
  if (flag === LZ4) return lz4Decompress(content);
  return flag === ZSTD ? zstdDecompressSync(content) : content;
}
