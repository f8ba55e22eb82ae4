import { StreamsError } from '../../topology/model/errors.ts';
import { crc32c, decodeRecordBatch, newDecoder, type RecordBatch } from './library.ts';

/** Bytes before the records of a batch (magic 2). */
const BATCH_HEAD = 61;

/**
 * The whole batches in the answer to a fetch; a last one that is cut off is left for the next.
 * @throws StreamsError `batch-corrupt`, naming the offset, of the first batch; what stands before another that is damaged is given.
 */
export async function decodeBatches(bytes: Buffer): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  for (let at = 0; bytes.length - at >= BATCH_HEAD; ) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    try {
      batches.push(await decoded(bytes.subarray(at, end)));
    } catch (error) {
      // What stands before it comes first: whoever steps over a damaged batch must not step over that too.
      if (batches.length === 0) throw error;
      break;
    }
    at = end;
  }
  return batches;
}

async function decoded(batch: Buffer): Promise<RecordBatch> {
  if (batch[16] !== 2 || crc32c(batch.subarray(21)) !== batch.readUInt32BE(17))
    throw new StreamsError(
      'batch-corrupt',
      `The record batch at offset ${batch.readBigInt64BE(0)} has another checksum than it says.`,
    );
  return decodeRecordBatch(newDecoder(batch));
}
