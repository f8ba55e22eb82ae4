import type { Of } from './apis.ts';
import { type Decoder, type Exchange, newDecoder, newEncoder } from './library.ts';

const OFFSET_FETCH = 9;
const VERSION = 7;

export interface StableOffset {
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
  readonly errorCode: number;
}

/** OffsetFetch in the first version that knows `requireStable`, three behind the library's last. */
export function stableOffsets(
  groupId: string,
  topics: readonly Of<number>[],
  requireStable: boolean,
): Exchange<{ readonly errorCode: number; readonly topics: readonly Of<StableOffset>[] }> {
  const asked = topics.map(({ topic, partitions }) =>
    newEncoder()
      .writeUVarIntString(topic)
      .writeUVarIntArray(
        partitions.map((partition) => newEncoder().writeInt32(partition)),
        'object',
      )
      .writeUVarInt(0),
  );
  return {
    request: {
      apiKey: OFFSET_FETCH,
      apiVersion: VERSION,
      apiName: 'OffsetFetch',
      // Tagged fields, of which there are none, end the header, each topic and the request.
      encode: async () =>
        newEncoder()
          .writeUVarInt(0)
          .writeUVarIntString(groupId)
          .writeUVarIntArray(asked, 'object')
          .writeBoolean(requireStable)
          .writeUVarInt(0),
    },
    response: {
      decode: async (bytes) => {
        const decoder = newDecoder(bytes);
        decoder.readTaggedFields();
        decoder.readInt32();
        const answered = decoder.readUVarIntArray(topicOf) ?? [];
        return { errorCode: decoder.readInt16(), topics: answered };
      },
      parse: (answer) => answer,
    },
  };
}

function topicOf(decoder: Decoder): Of<StableOffset> {
  const topic = decoder.readUVarIntString() ?? '';
  const partitions = decoder.readUVarIntArray(partitionOf) ?? [];
  decoder.readTaggedFields();
  return { topic, partitions };
}

function partitionOf(decoder: Decoder): StableOffset {
  const partition = decoder.readInt32();
  const offset = Number(decoder.readInt64());
  decoder.readInt32();
  const metadata = decoder.readUVarIntString() ?? '';
  const errorCode = decoder.readInt16();
  decoder.readTaggedFields();
  return { partition, offset, metadata, errorCode };
}
