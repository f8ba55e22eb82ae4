import type { OperatorFunction } from 'rxjs';
import type { Fold, Recall } from '../model/step.ts';
import type { Store } from '../model/store.ts';
import type { Duration, Instant } from '../model/time.ts';
import type { Topic } from '../model/topic.ts';

/**
 * A declared topology: frozen plain data, which one interpreter runs. The nodes stand in declaration order, so
 * a node comes after its parents. Functions take `unknown` here: the builder has checked the shapes.
 */
export interface Topology {
  readonly name: string;
  readonly nodes: readonly TopologyNode[];
}

export type TopologyNode =
  | SourceNode
  | StageNode
  | FilterNode
  | MapValuesNode
  | BranchNode
  | MergeNode
  | RepartitionNode
  | FoldNode
  | SinkNode;

/** The name is the identity of a node: of its metrics, and of what the engine keeps for it. */
interface Named {
  readonly name: string;
}

/** `from` holds the names of the parents. */
interface Child extends Named {
  readonly from: readonly string[];
}

/** Hands on each record of its topics as a `SourceRecord`. */
export interface SourceNode extends Named {
  readonly kind: 'source';
  readonly topics: readonly Topic<unknown>[];
}

/** A synchronous RxJS operator; its elements may be verdicts. The key is lost behind it. */
export interface StageNode extends Child {
  readonly kind: 'stage';
  readonly operator: OperatorFunction<unknown, unknown>;
}

/** Keeps the values for which the predicate is true; the rest ends here without a word. Keeps the key. */
export interface FilterNode extends Child {
  readonly kind: 'filter';
  readonly predicate: Predicate;
}

/** One value in, one value out, which may be a verdict. Keeps the key. */
export interface MapValuesNode extends Child {
  readonly kind: 'map-values';
  readonly map: (value: unknown) => unknown;
}

/**
 * One branch of a group. The group's predicates are asked in their order and the first that is true wins: a value
 * goes on here when that one is `predicates[index]`. A value that no predicate wants ends here. Keeps the key.
 */
export interface BranchNode extends Child {
  readonly kind: 'branch';
  /** The name given to the whole group; `name` is `group-branch`. */
  readonly group: string;
  readonly index: number;
  readonly predicates: readonly Predicate[];
}

/** The values of two or more flows, as they come. Keeps the key. */
export interface MergeNode extends Child {
  readonly kind: 'merge';
}

/**
 * Writes each value under its key to an internal topic and reads it back, so that one key's values meet in one
 * partition, in order. It is a sink of one sub-topology and the source of the next.
 */
export interface RepartitionNode extends Child {
  readonly kind: 'repartition';
  readonly topic: Topic<unknown>;
  readonly keyOf: (value: unknown) => string;
  readonly ticks?: Ticks<unknown>;
}

/** Time for those keys that no record comes for: a tick is a record with a null key in every partition of the topic. */
export interface Ticks<V> {
  /** Time between two ticks, above zero. */
  readonly every: Duration;
  readonly valueAt: (t: Instant) => V;
  /** The time of a tick; undefined for any other value. */
  readonly timeOf: (value: V) => Instant | undefined;
}

/** A pure step over one key's state, with ticks where the fold asks for them. */
export interface FoldNode extends Child {
  readonly kind: 'fold';
  readonly store: Store<unknown>;
  readonly fold: Fold<unknown, unknown, unknown>;
  readonly recall?: Recall<unknown, unknown>;
}

/** Writes to a topic what `record` makes of a value. The key is empty where the flow has none. */
export interface SinkNode extends Child {
  readonly kind: 'sink';
  readonly topic: Topic<unknown>;
  readonly record: (key: string, value: unknown) => KeyedValue<unknown>;
}

export type Predicate = (value: unknown) => boolean;

export interface KeyedValue<V> {
  readonly key: string;
  readonly value: V;
}

/** The names of a node's parents; none for a source. */
export const parentsOf = (node: TopologyNode): readonly string[] => (node.kind === 'source' ? [] : node.from);
