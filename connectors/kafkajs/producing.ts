import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { WriteTo } from '../kafka-client/producing.ts';
import type { Cluster } from './cluster.ts';
import { type Encoder, encodeRecord, encodeRecordBatch } from './library.ts';
import { assertDone } from './protocol-error.ts';
import { produce } from './record-apis.ts';

const TIMEOUT = 10_000;

/**
 * Writes batches over connections of kafkajs, of a transaction or, with null, of none. They are not compressed: a topic's own
 * `compression.type` does that on the broker.
 */
export const writeTo =
  (cluster: Cluster, transactionalId: string | null): WriteTo =>
  async (node, topic, batches, { producerId, epoch }) => {
    const wire = await cluster.node(node, 'produce');
    const encoded: { partition: number; batch: Buffer }[] = [];
    for (const { partition, records, sequence } of batches) {
      const [first, last] = extremes(records);
      const batch = await encodeRecordBatch({
        firstTimestamp: first,
        maxTimestamp: last,
        lastOffsetDelta: records.length - 1,
        transactional: transactionalId !== null,
        producerId,
        producerEpoch: epoch,
        firstSequence: sequence,
        records: records.map((record, i) => recordOf(record, i, first)),
      });
      encoded.push({ partition, batch: batch.buffer });
    }
    const what = `Producing to ${topic}`;
    const { topics } = await wire.call(produce(transactionalId, TIMEOUT, topic, encoded), what);
    const offsets = new Map<number, number>();
    for (const { partition, errorCode, baseOffset } of topics.flatMap(({ partitions }) => partitions)) {
      assertDone(errorCode, `${what}/${partition}`);
      offsets.set(partition, Number(baseOffset));
    }
    return offsets;
  };

function extremes(records: readonly OutgoingRecord[]): readonly [first: number, last: number] {
  const first = records[0]?.timestamp ?? 0;
  return [first, records.reduce((last, { timestamp }) => Math.max(last, timestamp), first)];
}

const recordOf = (
  { key, value, timestamp, headers = {} }: OutgoingRecord,
  offsetDelta: number,
  first: number,
): Encoder =>
  encodeRecord({
    offsetDelta,
    timestampDelta: timestamp - first,
    key: bytesOf(key),
    value: bytesOf(value),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, bytes]) => [
        name,
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
      ]),
    ),
  });

/** The same bytes as a Buffer: of anything else the library writes the text. */
const bytesOf = (bytes: Uint8Array | null): Buffer | null =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
