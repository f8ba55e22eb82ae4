import type { Answered, Coded, Of } from './apis.ts';
import { exchange } from './exchange.ts';
import { type Exchange, newDecoder, newEncoder } from './library.ts';

const READ_COMMITTED = 1;

export interface FetchedPartition extends Answered {
  readonly topic: string;
  /** The last stable offset: what may be read ends there. */
  readonly end: number;
  readonly aborted: readonly { readonly producerId: string; readonly firstOffset: number }[];
  readonly batches: Buffer;
}

/** Fetch with an answer that leaves the record batches as bytes: the library would pass over their checksums, and over empty ones. */
export function fetchRaw(
  topics: readonly Of<{
    readonly partition: number;
    readonly fetchOffset: number;
    readonly maxBytes: number;
  }>[],
  maxBytes: number,
  maxWaitTime: number,
): Exchange<Coded & { readonly partitions: readonly FetchedPartition[] }> {
  const args = { topics, maxBytes, maxWaitTime, minBytes: 1, isolationLevel: READ_COMMITTED, rackId: '' };
  const { request } = exchange('Fetch', 11, args);
  return {
    request,
    response: {
      decode: async (bytes) => {
        const decoder = newDecoder(bytes);
        decoder.readInt32();
        const errorCode = decoder.readInt16();
        decoder.readInt32();
        const partitions = decoder.readArray((of) => {
          const topic = of.readString() ?? '';
          return of.readArray((partition): FetchedPartition => {
            const answer = { topic, partition: partition.readInt32(), errorCode: partition.readInt16() };
            // High watermark, last stable offset, log start.
            partition.readInt64();
            const end = Number(partition.readInt64());
            partition.readInt64();
            const aborted = partition.readArray((one) => ({
              producerId: String(one.readInt64()),
              firstOffset: Number(one.readInt64()),
            }));
            partition.readInt32();
            return { ...answer, end, aborted, batches: partition.readBytes() ?? Buffer.alloc(0) };
          });
        });
        return { errorCode, partitions: partitions.flat() };
      },
      parse: (answer) => answer,
    },
  };
}

interface Produced {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly (Answered & {
      readonly baseOffset: string;
      readonly logAppendTime: string;
    })[];
  }[];
}

/** Produce with batches that are made already, acknowledged by all replicas; the version that takes every codec. */
export function produce(
  transactionalId: string | null,
  timeout: number,
  batches: ReadonlyMap<string, readonly { readonly partition: number; readonly batch: Buffer }[]>,
): Exchange<Produced> {
  const { request, response } = exchange<Produced>('Produce', 7, {
    acks: -1,
    timeout,
    transactionalId,
    topicData: [],
  });
  const data = [...batches].map(([topic, of]) =>
    newEncoder()
      .writeString(topic)
      .writeArray(of.map(({ partition, batch }) => newEncoder().writeInt32(partition).writeBytes(batch))),
  );
  const encode = async () =>
    newEncoder().writeString(transactionalId).writeInt16(-1).writeInt32(timeout).writeArray(data);
  return { request: { ...request, encode }, response };
}
