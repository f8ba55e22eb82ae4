/** What the engine tells of itself. Names of steps and topics, reasons and numbers; never a key or a value. */
export interface Telemetry {
  /** Records that a source handed to a task. */
  consumed(topic: string, records: number): void;
  /** A step said that a record is not for us. */
  ignored(step: string, reason: string): void;
  deadLettered(step: string, reason: string): void;
  produced(topic: string, records: number): void;
  committed(records: number, milliseconds: number): void;
  aborted(reason: string): void;
  restored(task: string, entries: number, replayed: number, milliseconds: number): void;
  /** The log began too late, at this offset, for the whole state: the rest was recalled, and may lack what was known before. */
  degraded?(task: string, from: number): void;
  /** Something outside failed and is tried again after a pause; a code of the table of errors. */
  retrying?(code: string): void;
  /** A snapshot could not be read or written (`error` is a code or a kind): the answers stay right, the next restore takes longer. */
  snapshotFailed?(task: string, error: string): void;
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
