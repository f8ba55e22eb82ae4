import type { Verdict } from './outcome.ts';
import type { FoldRecord } from './record.ts';
import type { Instant } from './time.ts';
import type { Topic } from './topic.ts';

/** The next state (undefined: forget the key) and what goes on down the stream. */
export type FoldResult<S, Out> = readonly [state: S | undefined, outputs: readonly (Out | Verdict)[]];

/**
 * A pure step over one key's state. `state` is undefined for a key never seen.
 * It must not change `state` in place; returning the same reference means "unchanged".
 * A state that is bytes may be a view of a scratch buffer: the runtime copies it before the next step runs.
 */
export type FoldStep<S, In, Out> = (state: S | undefined, record: FoldRecord<In>) => FoldResult<S, Out>;

/** A step, and optionally what happens to a key when time passes without a record of its own. */
export interface Fold<S, In, Out> {
  readonly step: FoldStep<S, In, Out>;
  /** The earliest tick that this key waits for; undefined: none. Cheap, called after each change of the state. */
  readonly due?: (state: S) => Instant | undefined;
  /** Called for a key that is due, with the time of the tick record. */
  readonly onTick?: (state: S, key: string, tick: Instant) => FoldResult<S, Out>;
}

/**
 * How a state is got back that lies before the beginning of its log: from what the fold's outputs said of the key, in a
 * topic that they were written to. `step` takes them in order; undefined: nothing to remember. Pure, as a fold.
 */
export interface Recall<S, V> {
  readonly from: Topic<V>;
  readonly step: (state: S | undefined, value: V) => S | undefined;
}

/** No outputs: the shared empty list, so that the common case allocates nothing. */
export const nothing: readonly never[] = Object.freeze([]);
