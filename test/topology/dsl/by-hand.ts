import type { OperatorFunction } from 'rxjs';
import type {
  BranchNode,
  FilterNode,
  FoldNode,
  MapValuesNode,
  MergeNode,
  Predicate,
  RepartitionNode,
  SinkNode,
  SourceNode,
  StageNode,
  Topology,
  TopologyNode,
} from '../../../topology/dsl/nodes.ts';
import { text } from '../../../topology/model/codec.ts';
import { store } from '../../../topology/model/store.ts';
import { type Duration, instant } from '../../../topology/model/time.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';

// Node data made without the builder, so that it can be wrong in ways that do not compile there.

export const declared = (...nodes: readonly TopologyNode[]): Topology => ({ name: 'by-hand', nodes });

const asTopic = (name: string | Topic<unknown>, internal = false): Topic<unknown> =>
  typeof name === 'string' ? topic(name, text, { internal }) : name;

export const source = (name: string, ...topics: readonly (string | Topic<unknown>)[]): SourceNode => ({
  kind: 'source',
  name,
  topics: topics.map((each) => asTopic(each)),
});

const same: OperatorFunction<unknown, unknown> = (values) => values;

export const stage = (name: string, ...from: readonly string[]): StageNode => ({
  kind: 'stage',
  name,
  from,
  operator: same,
});

export const filter = (name: string, ...from: readonly string[]): FilterNode => ({
  kind: 'filter',
  name,
  from,
  predicate: () => true,
});

export const mapValues = (name: string, ...from: readonly string[]): MapValuesNode => ({
  kind: 'map-values',
  name,
  from,
  map: (value) => value,
});

export const merge = (name: string, ...from: readonly string[]): MergeNode => ({ kind: 'merge', name, from });

export const branch = (
  group: string,
  name: string,
  index: number,
  predicates: readonly Predicate[],
  ...from: readonly string[]
): BranchNode => ({ kind: 'branch', name: `${group}-${name}`, from, group, index, predicates });

export const repartition = (
  name: string,
  to: string | Topic<unknown>,
  from: string,
  every?: Duration,
): RepartitionNode => ({
  kind: 'repartition',
  name,
  from: [from],
  topic: asTopic(to, true),
  keyOf: String,
  ...(every !== undefined && { ticks: { every, valueAt: (t) => t, timeOf: () => instant(0) } }),
});

export const fold = (name: string, storeName: string, ...from: readonly string[]): FoldNode => ({
  kind: 'fold',
  name,
  from,
  store: store<unknown>(
    storeName,
    { name: 'none', encode: () => new Uint8Array(), decode: () => undefined },
    1,
  ),
  fold: { step: (state) => [state, []] },
});

export const sink = (name: string, to: string | Topic<unknown>, ...from: readonly string[]): SinkNode => ({
  kind: 'sink',
  name,
  from,
  topic: asTopic(to),
  record: (key, value) => ({ key, value }),
});
