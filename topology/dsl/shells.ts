import type { OperatorFunction } from 'rxjs';
import type { Fold, FoldStep, Recall } from '../model/step.ts';
import type { Store } from '../model/store.ts';
import type { Topic } from '../model/topic.ts';
import { declare, unite } from './declared.ts';
import type { Passed } from './fits.ts';
import type { AlsoTo, Flow, KeyedFlow, Place } from './flow.ts';
import type { KeyedValue, Predicate, Ticks, Topology } from './nodes.ts';

// The types of values end in this file: `Flow` and `KeyedFlow` have checked that one node's output is the next one's
// input, and node data keeps functions of `unknown`. That, and nothing else, is the reason of each `as` below.

/** The shell at a place whose values have no key. */
export function flowAt<T>(place: Place): Flow<T> {
  return Object.freeze({
    ...place,
    stage: <B>(name: string, operator: OperatorFunction<T, B>) =>
      flowAt<Passed<B>>(
        declare(place.declared, {
          kind: 'stage',
          name,
          from: [place.at],
          operator: operator as OperatorFunction<unknown, unknown>,
        }),
      ),
    filter: <U extends T>(name: string, predicate: (value: T) => boolean) =>
      flowAt<U>(filtered(place, name, predicate as Predicate)),
    mapValues: <B>(name: string, map: (value: T) => B) =>
      flowAt<Passed<B>>(mapped(place, name, map as (value: unknown) => unknown)),
    branch: <P extends Group<T>>(name: string, predicates: P) =>
      branches(place, name, predicates as Group<unknown>, flowAt) as { [K in keyof P]: Flow<never> },
    merge: (name: string, ...others: readonly Flow<T>[]) => flowAt<T>(merged(place, name, others)),
    repartition: repartitionAt<T>(place),
    to: <V, W>(
      name: string,
      topic: Topic<V>,
      options: { readonly key: (value: T) => string; readonly and?: AlsoTo<T, W> },
    ) => {
      const key = options.key as (value: unknown) => string;
      return ended(
        place,
        name,
        topic,
        (_, value) => ({ key: key(value), value }),
        options.and as AlsoTo<unknown, unknown>,
      );
    },
  });
}

/** The shell at a place whose values have a key. */
export function keyedFlowAt<T>(place: Place): KeyedFlow<T> {
  return Object.freeze({
    ...place,
    fold: <S, Out, V>(
      name: string,
      store: Store<S>,
      fold: FoldStep<S, T, Out> | Fold<S, T, Out>,
      options?: { readonly recall?: Recall<S, V> },
    ) => {
      const whole: Fold<S, T, Out> = typeof fold === 'function' ? { step: fold } : fold;
      return keyedFlowAt<Passed<Out>>(
        declare(place.declared, {
          kind: 'fold',
          name,
          from: [place.at],
          store,
          fold: whole as Fold<unknown, unknown, unknown>,
          ...(options?.recall && { recall: options.recall as Recall<unknown, unknown> }),
        }),
      );
    },
    filter: <U extends T>(name: string, predicate: (value: T) => boolean) =>
      keyedFlowAt<U>(filtered(place, name, predicate as Predicate)),
    mapValues: <B>(name: string, map: (value: T) => B) =>
      keyedFlowAt<Passed<B>>(mapped(place, name, map as (value: unknown) => unknown)),
    branch: <P extends Group<T>>(name: string, predicates: P) =>
      branches(place, name, predicates as Group<unknown>, keyedFlowAt) as {
        [K in keyof P]: KeyedFlow<never>;
      },
    merge: (name: string, ...others: readonly KeyedFlow<T>[]) => keyedFlowAt<T>(merged(place, name, others)),
    repartition: repartitionAt<T>(place),
    to: <V, W>(name: string, topic: Topic<V>, options?: { readonly and?: AlsoTo<T, W> }) =>
      ended(place, name, topic, (key, value) => ({ key, value }), options?.and as AlsoTo<unknown, unknown>),
  });
}

type Group<T> = Readonly<Record<string, (value: T) => boolean>>;

const filtered = ({ declared, at }: Place, name: string, predicate: Predicate): Place =>
  declare(declared, { kind: 'filter', name, from: [at], predicate });

const mapped = ({ declared, at }: Place, name: string, map: (value: unknown) => unknown): Place =>
  declare(declared, { kind: 'map-values', name, from: [at], map });

const merged = (place: Place, name: string, others: readonly Place[]): Place =>
  declare(
    unite(
      place.declared.name,
      [place, ...others].map((each) => each.declared),
    ),
    {
      kind: 'merge',
      name,
      from: [place, ...others].map((each) => each.at),
    },
  );

/** A repartition looks the same whether or not the values had a key before. */
const repartitionAt =
  <T>({ declared, at }: Place) =>
  <V>(
    name: string,
    topic: Topic<V>,
    keyOf: (value: T) => string,
    options?: { readonly ticks?: Ticks<V> },
  ): KeyedFlow<V> =>
    keyedFlowAt<V>(
      declare(declared, {
        kind: 'repartition',
        name,
        from: [at],
        topic,
        keyOf: keyOf as (value: unknown) => string,
        ...(options?.ticks && { ticks: options.ticks as Ticks<unknown> }),
      }),
    );

/** One shell per branch, each holding the whole group: a branch that leads nowhere is a fault that must be seen. */
function branches<Shell>(
  { declared, at }: Place,
  group: string,
  predicates: Group<unknown>,
  shellAt: (place: Place) => Shell,
): Readonly<Record<string, Shell>> {
  const names = Object.keys(predicates);
  const all = Object.freeze(Object.values(predicates));
  const whole = names.reduce(
    (so, branch, index) =>
      declare(so, { kind: 'branch', name: `${group}-${branch}`, from: [at], group, index, predicates: all })
        .declared,
    declared,
  );
  return Object.freeze(
    Object.fromEntries(
      names.map((branch) => [branch, shellAt({ declared: whole, at: `${group}-${branch}` })]),
    ),
  );
}

function ended(
  { declared, at }: Place,
  name: string,
  topic: Topic<unknown>,
  record: (key: string, value: unknown) => KeyedValue<unknown>,
  and: AlsoTo<unknown, unknown> | undefined,
): Topology {
  const main = declare(declared, { kind: 'sink', name, from: [at], topic, record }).declared;
  if (and === undefined) return main;
  const [also, otherTopic, otherRecord] = and;
  const asRecord = (key: string, value: unknown): KeyedValue<unknown> => otherRecord(value, key);
  return declare(main, { kind: 'sink', name: also, from: [at], topic: otherTopic, record: asRecord })
    .declared;
}
