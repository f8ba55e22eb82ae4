import type { OperatorFunction } from 'rxjs';
import type { SourceRecord } from '../model/record.ts';
import type { Fold, FoldStep, Recall } from '../model/step.ts';
import type { Store } from '../model/store.ts';
import type { Topic } from '../model/topic.ts';
import type { Fits, Kept, Passed, Synchronous } from './fits.ts';
import type { KeyedValue, Ticks, Topology } from './nodes.ts';

/**
 * A second output made from the same values, for instance an audit trail. It says its own key, because such a topic
 * is often keyed by something else.
 */
export type AlsoTo<T, W> = readonly [
  name: string,
  topic: Topic<W>,
  record: (value: T, key: string) => KeyedValue<NoInfer<W>>,
];

/** The records of a source, one by one: `SourceRecord` of each topic's own type. */
export type RecordOf<AnyTopic> = AnyTopic extends Topic<infer V> ? SourceRecord<V> : never;

/** A point in a declaration; it never changes, each step gives a new one. */
export interface Place {
  /** Everything declared on the way here. */
  readonly declared: Topology;
  /** The name of the node that the next step follows. */
  readonly at: string;
}

/** A flow of values without a key: any instance may take any of them, so nothing here may keep state. */
export interface Flow<out T> extends Place {
  /** Any synchronous RxJS operator. Verdicts among its elements are taken out for the runtime. */
  stage<B>(name: string, operator: OperatorFunction<T, B> & Synchronous<B>): Flow<Passed<B>>;
  filter<U extends T>(name: string, predicate: (value: T) => value is U): Flow<U>;
  filter(name: string, predicate: (value: T) => boolean): Flow<T>;
  mapValues<B>(name: string, map: ((value: T) => B) & Synchronous<B>): Flow<Passed<B>>;
  /** One flow per predicate, in the order they are written: the first that is true takes the value. */
  branch<const P extends Predicates<T>>(
    name: string,
    predicates: P,
  ): { readonly [K in keyof P]: Flow<Kept<T, P[K]>> };
  merge(name: string, other: Flow<T>, ...others: readonly Flow<T>[]): Flow<T>;
  /** From here on, all values of one key are in one partition, in order. What comes out is what the topic holds. */
  repartition<V>(
    name: string,
    topic: Topic<V> & Fits<T, V>,
    keyOf: (value: T) => string,
    options?: { readonly ticks?: Ticks<NoInfer<V>> },
  ): KeyedFlow<V>;
  /** Ends the flow in a topic; without a key of its own, the flow must say which key to write. */
  to<V, W = never>(
    name: string,
    topic: Topic<V> & Fits<T, V>,
    options: { readonly key: (value: T) => string; readonly and?: AlsoTo<T, W> },
  ): Topology;
}

/** A flow whose values carry a key, all of one key in one partition: here state is safe. */
export interface KeyedFlow<out T> extends Place {
  /**
   * A pure step over the state of one key. What it gives goes on under the same key. `recall` says how to begin where the
   * log of the inputs no longer reaches back.
   */
  fold<S, Out, V = never>(
    name: string,
    store: Store<S>,
    fold: FoldStep<NoInfer<S>, T, Out> | Fold<NoInfer<S>, T, Out>,
    options?: { readonly recall?: Recall<NoInfer<S>, V> },
  ): KeyedFlow<Passed<Out>>;
  filter<U extends T>(name: string, predicate: (value: T) => value is U): KeyedFlow<U>;
  filter(name: string, predicate: (value: T) => boolean): KeyedFlow<T>;
  mapValues<B>(name: string, map: ((value: T) => B) & Synchronous<B>): KeyedFlow<Passed<B>>;
  /** One flow per predicate, in the order they are written: the first that is true takes the value. */
  branch<const P extends Predicates<T>>(
    name: string,
    predicates: P,
  ): { readonly [K in keyof P]: KeyedFlow<Kept<T, P[K]>> };
  merge(name: string, other: KeyedFlow<T>, ...others: readonly KeyedFlow<T>[]): KeyedFlow<T>;
  /** Changes the key, through another topic. */
  repartition<V>(
    name: string,
    topic: Topic<V> & Fits<T, V>,
    keyOf: (value: T) => string,
    options?: { readonly ticks?: Ticks<NoInfer<V>> },
  ): KeyedFlow<V>;
  /** Ends the flow in a topic, under the key that it has. */
  to<V, W = never>(
    name: string,
    topic: Topic<V> & Fits<T, V>,
    options?: { readonly and?: AlsoTo<T, W> },
  ): Topology;
}

type Predicates<T> = Readonly<Record<string, (value: T) => boolean>>;
