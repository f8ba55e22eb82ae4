import type { API, Reader } from '@platformatic/kafka';
import {
  createAPI,
  endTxnV4,
  fetchV17,
  metadataV12,
  produceV11,
  ResponseError,
  txnOffsetCommitV4,
  Writer,
} from './library.ts';

/** Answer of one partition to a fetch: its batches as they came, unread. */
export interface FetchedPartition {
  readonly topicId: string;
  readonly partition: number;
  readonly errorCode: number;
  /** The last stable offset: what may be read ends there. */
  readonly end: number;
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  readonly batches: Buffer | undefined;
  /** The log of the leader parts from what was read last: where what they have in common ends. */
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | undefined;
}

/** Fetch v17 whose answer leaves the record batches as bytes. */
export const fetchRaw: API<
  Parameters<typeof fetchV17.createRequest>,
  readonly FetchedPartition[]
> = createAPI(1, 17, fetchV17.createRequest, (_correlation, key, version, reader) => {
  reader.readInt32();
  const errorCode = reader.readInt16();
  reader.readInt32();
  if (errorCode !== 0) throw new ResponseError(key, version, { '': [errorCode, null] }, undefined);
  const partitions: FetchedPartition[] = [];
  reader.readArray((r) => {
    const topicId = r.readUUID();
    r.readArray((p) => partitions.push(fetchedPartition(p, topicId)), true, false);
  });
  return partitions;
});

function fetchedPartition(r: Reader, topicId: string): FetchedPartition {
  const partition = r.readInt32();
  const errorCode = r.readInt16();
  // High watermark, last stable offset, log start.
  r.skip(8);
  const end = Number(r.readInt64());
  r.skip(8);
  const aborted =
    r.readNullableArray((a) => ({ producerId: a.readInt64(), firstOffset: a.readInt64() })) ?? [];
  r.readInt32();
  // A compact length is one more than what it counts; zero is null.
  const length = r.readUnsignedVarInt() - 1;
  let batches: Buffer | undefined;
  if (length > 0) {
    batches = r.buffer.slice(r.position, r.position + length);
    r.skip(length);
  }
  return { topicId, partition, errorCode, end, aborted, batches, diverging: divergence(r) };
}

/** Tagged fields of a partition: 0 where its log parts from the one that was read, the others (leader, snapshot) for followers. */
function divergence(r: Reader): FetchedPartition['diverging'] {
  let diverging: FetchedPartition['diverging'];
  for (let fields = r.readUnsignedVarInt(); fields > 0; fields--) {
    const tag = r.readUnsignedVarInt();
    const size = r.readUnsignedVarInt();
    const end = r.position + size;
    if (tag === 0) diverging = { epoch: r.readInt32(), endOffset: Number(r.readInt64()) };
    r.position = end;
  }
  return diverging;
}

/** Metadata v12, which tells of a topic that is not there beside the others instead of failing for all. */
export const metadata: typeof metadataV12.api = createAPI(
  3,
  12,
  metadataV12.createRequest,
  (correlation, key, version, reader) => {
    try {
      return metadataV12.parseResponse(correlation, key, version, reader);
    } catch (error) {
      if (error instanceof ResponseError && isMetadata(error['response'])) return error['response'];
      throw error;
    }
  },
);

const isMetadata = (response: unknown): response is ReturnType<typeof metadataV12.parseResponse> =>
  typeof response === 'object' && response !== null && 'brokers' in response && 'topics' in response;

export interface ProducedTopic {
  readonly name: string;
  readonly partitions: readonly { readonly partition: number; readonly batch: Buffer }[];
}

type Produce = API<
  [transactionalId: string | null, timeoutMs: number, topics: ProducedTopic[]],
  Awaited<ReturnType<typeof produceV11.parseResponse>>
>;

/** Produce with batches that are made already, acknowledged by all replicas. */
const produceRaw = (version: number): Produce =>
  createAPI(
    0,
    version,
    (transactionalId: string | null, timeoutMs: number, topics: ProducedTopic[]) =>
      Writer.create()
        .appendString(transactionalId)
        .appendInt16(-1)
        .appendInt32(timeoutMs)
        .appendArray(topics, (w, { name, partitions }) => {
          w.appendString(name).appendArray([...partitions], (each, { partition, batch }) => {
            each
              .appendInt32(partition)
              .appendUnsignedVarInt(batch.length + 1)
              .append(batch);
          });
        })
        .appendTaggedFields(),
    produceV11.parseResponse,
  );

/** Version 12 adds the partition to the transaction by itself (KIP-890). */
export const produce: Readonly<Record<11 | 12, Produce>> = { 11: produceRaw(11), 12: produceRaw(12) };

/** KIP-890: adds the group to the transaction by itself. */
export const txnOffsetCommitV5: typeof txnOffsetCommitV4.api = createAPI(
  28,
  5,
  txnOffsetCommitV4.createRequest,
  txnOffsetCommitV4.parseResponse,
);

/** KIP-890: the answer tells the identity of the next transaction, whose epoch fences a delayed request of this one. */
export const endTxnV5: API<
  Parameters<typeof endTxnV4.createRequest>,
  { readonly producerId: bigint; readonly producerEpoch: number }
> = createAPI(26, 5, endTxnV4.createRequest, (_correlation, key, version, reader) => {
  reader.readInt32();
  const errorCode = reader.readInt16();
  const answer = { producerId: reader.readInt64(), producerEpoch: reader.readInt16() };
  reader.readTaggedFields();
  if (errorCode !== 0) throw new ResponseError(key, version, { '': [errorCode, null] }, answer);
  return answer;
});
