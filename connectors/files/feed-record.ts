/** One record of an input: where it stands, where it goes, and its bytes as a producer would have sent them. */
export interface FeedRecord {
  /** The path as given; `-` for standard input. */
  readonly file: string;
  /** A recording's own topic; of a resource the topic it is routed to, null when it has none or cannot be read. */
  readonly topic: string | null;
  /** A recording's own partition, else 0. */
  readonly partition: number;
  /** A recording's own offset; of a resource its line's number in the file, of a Bundle the entry's index; from 0. */
  readonly offset: number;
  /** Number of a recording's line in the file, from 0; of anything else the offset tells it. */
  readonly line?: number;
  /** When it reached the broker, epoch milliseconds: a recording's `arrival`, else `issued`; undefined: neither. */
  readonly arrival: number | undefined;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** The input topic to produce it into; what cannot be routed goes where the topology judges it. */
  readonly target: string;
}
