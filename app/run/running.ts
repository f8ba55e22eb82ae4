/** An instance that runs, in this thread or in another. */
export interface Running {
  readonly slot: string;
  /** Resolves with its exit code; what was wrong is told by then. */
  readonly ended: Promise<number>;
  /** Asks it to end in good order. */
  stop(): void;
  /** Ends it as it is: resolves when its open transaction is aborted. */
  abort(): Promise<void>;
}
