/** Measurements of one patient in columns, sorted by time. `source` is the caller's own reference to the Observation. */
export interface Measurements {
  readonly count: number;
  /** Epoch milliseconds. */
  readonly time: ArrayLike<number>;
  /** Numbers of `measurement.ts`. */
  readonly kind: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly source: ArrayLike<number>;
}
