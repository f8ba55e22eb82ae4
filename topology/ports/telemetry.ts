/** What the engine tells of itself. Names of steps and topics, reasons and numbers; never a key or a value. */
export interface Telemetry {
  /** Records that a source handed to a task. */
  consumed(topic: string, records: number): void;
  /** A step said that a record is not for us. */
  ignored(step: string, reason: string): void;
  deadLettered(step: string, reason: string): void;
  produced(topic: string, records: number): void;
  committed(records: number, milliseconds: number): void;
  /** A commit stands, and the first record of the topic in it was so old by then: from the log into the log. Once per commit and topic. */
  latency?(topic: string, milliseconds: number): void;
  aborted(reason: string): void;
  /** A partition is read from this offset, because nothing was committed of it, or in place of a committed one that the log no longer holds. */
  began?(topic: string, partition: number, offset: number, instead: number | undefined): void;
  /** A task replays the log, and so many records of it are left. */
  restoring?(task: string, remaining: number): void;
  restored(task: string, entries: number, replayed: number, milliseconds: number): void;
  /** The log began too late, at this offset, for the whole state: the rest was recalled, and may lack what was known before. */
  degraded?(task: string, from: number): void;
  /** A record of the partition cannot be read while somebody does not answer, for this code: nothing more is read of it; the others go on. */
  parked?(topic: string, partition: number, code: string): void;
  /** What was to be known is known: the partition goes on. */
  unparked?(topic: string, partition: number): void;
  /** Something outside failed and is tried again after a pause; a code of the table of errors. */
  retrying?(code: string): void;
  /** There has been something to do for a while, and nothing moves; told again when its cause is another. */
  stalled?(stall: Stall): void;
  /** What had stalled moves again, or has nothing to do any more, after so long. `partition` as in the stall. */
  recovered?(partition: string | undefined, milliseconds: number): void;
  /** A snapshot could not be read or written (`error` is a code or a kind): the answers stay right, the next restore takes longer. */
  snapshotFailed?(task: string, error: string): void;
}

/**
 * What a worker is at that does not come to an end: `group` waits for its assignment, `revoke` gives up partitions, `cluster` asks
 * for topics and offsets, `restore` replays the log, `fetch` waits for records that are there, `commit` writes outputs or
 * offsets, `open-transaction`: the records behind it cannot be read before it is decided, `parked`: a record cannot be read yet.
 */
export type StallCause =
  | 'group'
  | 'revoke'
  | 'cluster'
  | 'restore'
  | 'fetch'
  | 'commit'
  | 'open-transaction'
  | 'parked';

export interface Stall {
  /** `topic/partition`; undefined: the worker as a whole. */
  readonly partition: string | undefined;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly cause: StallCause;
  /** What it fails with each time, a code of the table of errors; undefined: there is no answer. */
  readonly code?: string;
  /** host:port of the broker that fails. */
  readonly broker?: string;
  /** Records and markers of the partition that are not committed. */
  readonly behind?: number;
  /** The transaction that holds up its readers, and how long it has written nothing. */
  readonly transaction?: { readonly producerId: string; readonly from: number; readonly silentMs: number };
}

/** Says nothing. */
export const silent: Telemetry = Object.freeze({
  consumed: () => {},
  ignored: () => {},
  deadLettered: () => {},
  produced: () => {},
  committed: () => {},
  aborted: () => {},
  restored: () => {},
});
