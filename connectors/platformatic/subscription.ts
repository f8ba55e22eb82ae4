import type { Share } from '../kafka-client/classic-group.ts';
import { Reader, Writer } from './library.ts';

/** The consumer protocol inside the group protocol: what a member wants, and what it is given. Version 0 of both. */

export const encodeSubscription = (topics: readonly string[]): Buffer =>
  Writer.create()
    .appendInt16(0)
    .appendArray([...topics], (w, topic) => w.appendString(topic, false), false, false)
    .appendBytes(null, false).buffer;

export function decodeSubscription(bytes: Buffer): string[] {
  const reader = Reader.from(bytes);
  reader.readInt16();
  return reader.readArray((r) => r.readString(false), false, false);
}

export function encodeAssignment({ partitions, counts }: Share): Buffer {
  const byTopic = [...Map.groupBy(partitions, ({ topic }) => topic)];
  return Writer.create()
    .appendInt16(0)
    .appendArray(
      byTopic,
      (w, [topic, of]) => {
        w.appendString(topic, false).appendArray(
          of.map(({ partition }) => partition),
          (each, partition) => each.appendInt32(partition),
          false,
          false,
        );
      },
      false,
      false,
    )
    .appendBytes(Buffer.from(JSON.stringify(Object.fromEntries(counts))), false).buffer;
}

export function decodeAssignment(bytes: Buffer): Share {
  if (bytes.length === 0) return { partitions: [], counts: new Map() };
  const reader = Reader.from(bytes);
  reader.readInt16();
  const partitions = reader
    .readArray(
      (r) => {
        const topic = r.readString(false);
        return r.readArray((p) => p.readInt32(), false, false).map((partition) => ({ topic, partition }));
      },
      false,
      false,
    )
    .flat();
  const said: unknown = JSON.parse(reader.readNullableBytes(false)?.toString() || '{}');
  const counts = Object.entries(said ?? {}).filter(([, count]) => typeof count === 'number');
  return { partitions, counts: new Map(counts) };
}
