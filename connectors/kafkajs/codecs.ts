import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { lz4Decompressed } from './lz4.ts';
import { snappyDecompressed } from './snappy.ts';

const zstd = promisify(zstdDecompress);

/** Reads what others have compressed with codecs that the library knows by number only; it has gzip itself. Nothing is written with them. */
export function readEveryCodec(): void {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  codecs[types.Snappy] = () => ({ decompress: async (bytes: Buffer) => snappyDecompressed(bytes) });
  codecs[types.LZ4] = () => ({ decompress: async (bytes: Buffer) => lz4Decompressed(bytes) });
  codecs[types.ZSTD] = () => ({ decompress: (bytes: Buffer) => zstd(bytes) });
}
