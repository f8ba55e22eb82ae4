/** What a worker says of itself: plain data, which may come from another thread. */
export interface WorkerReport {
  readonly slot: string;
  /** It owns what the group gave it, perhaps nothing, with all state restored. */
  readonly live: boolean;
  /** Tasks that it owns. */
  readonly tasks: number;
  /**
   * What it, or a partition of it, gets nowhere with: a code of the table of errors, or what it waits for. Undefined while it
   * gets on.
   */
  readonly stalled: string | undefined;
  /** Code of what a partition waits for whose next record cannot be read; undefined when there is none. */
  readonly parked: string | undefined;
  /** Its metrics, as a registry of prom-client tells them. */
  readonly metrics: readonly object[];
}
