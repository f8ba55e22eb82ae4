/**
 * Which record a resource was made of, as it is kept with the resource: as a second identifier, which every server gives
 * back unchanged, where tags of a resource add up over its versions on some.
 */
export interface RecordMark {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** When the alert was made by the topology, epoch milliseconds. */
  readonly made: number;
}

/** `clinical.alerts.sepsis/3/4711@1767600000000` */
export const markText = ({ topic, partition, offset, made }: RecordMark): string =>
  `${topic}/${partition}/${offset}@${made}`;

/** The mark that such a text says; undefined for another. */
export function readMark(text: string | undefined): RecordMark | undefined {
  const [, topic, partition, offset, made] = /^(.+)\/(\d+)\/(\d+)@(-?\d+)$/.exec(text ?? '') ?? [];
  if (topic === undefined) return undefined;
  return { topic, partition: Number(partition), offset: Number(offset), made: Number(made) };
}

/**
 * Whether a record is older than what the server holds: it stands before it in the same partition, and was not made later.
 * The second, because a topic that was made anew begins at 0 again, and its records are the newer ones. Across partitions
 * offsets say nothing.
 */
export function isOlder(record: RecordMark, held: RecordMark): boolean {
  const comparable = record.topic === held.topic && record.partition === held.partition;
  if (!comparable) return record.made < held.made;
  return record.offset < held.offset && record.made <= held.made;
}

export const isSame = (a: RecordMark, b: RecordMark): boolean => markText(a) === markText(b);
