import { StreamsError } from '../../topology/model/errors.ts';
import { crc32c, decodeRecordBatch, newDecoder, type RecordBatch } from './library.ts';

/** Bytes before the records of a batch (magic 2). */
const BATCH_HEAD = 61;

/**
 * The whole batches in the answer to a fetch; a last one that is cut off is left for the next.
 * @throws StreamsError `batch-corrupt`, naming the offset.
 */
export async function decodeBatches(bytes: Buffer): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  for (let at = 0; bytes.length - at >= BATCH_HEAD; ) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    if (bytes[at + 16] !== 2 || crc32c(bytes.subarray(at + 21, end)) !== bytes.readUInt32BE(at + 17))
      throw new StreamsError(
        'batch-corrupt',
        `The record batch at offset ${bytes.readBigInt64BE(at)} has another checksum than it says.`,
      );
    batches.push(await decodeRecordBatch(newDecoder(bytes.subarray(at, end))));
    at = end;
  }
  return batches;
}
