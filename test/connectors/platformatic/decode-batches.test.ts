import { expect, test } from 'vitest';
import { decodeBatches as decodeOfKafkaJs } from '../../../connectors/kafkajs/decode-batches.ts';
import { decodeBatches } from '../../../connectors/platformatic/decode-batches.ts';
import { encodeBatch } from '../../../connectors/platformatic/encode-batch.ts';

const NOBODY = { producerId: -1n, epoch: -1, sequence: -1, transactional: false };
const RECORD = { key: null, value: Buffer.from('v'), timestamp: 1 };

/** Two records as they stand in a log, from that offset on. */
function batchAt(offset: number): Buffer {
  const batch = encodeBatch([RECORD, RECORD], NOBODY, 'none');
  batch.writeBigInt64BE(BigInt(offset), 0);
  return batch;
}

/** As a disk gives it that has lost a bit. */
function damaged(batch: Buffer): Buffer {
  batch.writeUInt8((batch.at(-2) as number) ^ 1, batch.length - 2);
  return batch;
}

test('what stands before a damaged batch is read, and only then it is said that one is damaged, and where', async () => {
  const [good, bad] = [Buffer.concat([batchAt(10), batchAt(12)]), damaged(batchAt(14))];
  const answer = Buffer.concat([good, bad, batchAt(16)]);
  const { runs, nextOffset } = decodeBatches(answer, 10, []);
  expect(runs.flatMap((run) => run.records().map(({ offset }) => offset))).toEqual([10, 11, 12, 13]);
  expect(nextOffset).toBe(14);
  const what = { code: 'batch-corrupt', message: expect.stringContaining('at offset 14') };
  expect(() => decodeBatches(Buffer.concat([bad, batchAt(16)]), 14, [])).toThrow(
    expect.objectContaining(what),
  );

  expect((await decodeOfKafkaJs(answer)).map(({ firstOffset }) => Number(firstOffset))).toEqual([10, 12]);
  await expect(decodeOfKafkaJs(bad)).rejects.toMatchObject(what);
});
