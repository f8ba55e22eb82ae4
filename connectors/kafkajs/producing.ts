import type { OutgoingRecord } from '../../topology/model/record.ts';
import { partitionKey } from '../../topology/ports/kafka-driver.ts';
import { producingTo, type WriteTo, type Written, written } from '../kafka-client/producing.ts';
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
  async (node, batches, { producerId, epoch }) => {
    const wire = await cluster.node(node, 'produce');
    const encoded = new Map<string, { partition: number; batch: Buffer }[]>();
    for (const { topic, partition, records, sequence } of batches) {
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
      const of = encoded.get(topic) ?? [];
      encoded.set(topic, of);
      of.push({ partition, batch: batch.buffer });
    }
    const { topics } = await wire.call(produce(transactionalId, TIMEOUT, encoded), producingTo(batches));
    const there = new Map<string, Written>();
    for (const { topicName: topic, partitions } of topics) {
      for (const { partition, errorCode, baseOffset, logAppendTime } of partitions) {
        const at = partitionKey({ topic, partition });
        assertDone(errorCode, `Producing to ${at}`);
        there.set(at, written(baseOffset, logAppendTime));
      }
    }
    return there;
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
