import { type FoldNode, type KeyedValue, parentsOf, type TopologyNode } from '../dsl/nodes.ts';
import type { SubTopology } from '../dsl/sub-topologies.ts';
import { StreamsError } from '../model/errors.ts';
import { type DeadLetter, isVerdict } from '../model/outcome.ts';
import type { FoldRecord, Position } from '../model/record.ts';
import type { FoldResult } from '../model/step.ts';
import type { Instant } from '../model/time.ts';
import type { Topic } from '../model/topic.ts';
import { Stage } from './stage.ts';
import { guarded, type Push, StepFailure } from './step-failure.ts';
import type { TaskStore } from './task-store.ts';

/** What a graph may do to the world around it: all of it synchronous, all of it undone when the record fails. */
export interface GraphEffects {
  verdict(step: string, verdict: DeadLetter | { readonly reason: string }): void;
  /** `cause`: offset of the input, for a topic that states are recalled from. */
  emit(topic: string, key: string, value: Uint8Array, cause: number | undefined): void;
  store(name: string): TaskStore;
}

/** The record that a graph is working on. */
export interface Current {
  key: string;
  position: Position;
  timestamp: number;
}

/**
 * The nodes of one sub-topology as plain function calls, with RxJS where the declaration has a stage, so a record is
 * through when `push` returns. Each node is set up once, however many ways lead to it.
 */
export class Graph {
  readonly #effects: GraphEffects;
  readonly #children = new Map<string, TopologyNode[]>();
  readonly #folds: FoldNode[] = [];
  readonly #stages: Stage[] = [];
  /** Topics that states of this sub-topology are recalled from. */
  readonly #recalled = new Set<string>();
  /** Into a node, and out of one into its children: by name, since a repartition node may be both end and beginning. */
  readonly #into = new Map<string, Push>();
  readonly #outOf = new Map<string, Push>();
  readonly current: Current = { key: '', position: { topic: '', partition: 0, offset: 0 }, timestamp: 0 };
  /** Nothing is written: what would be is not even made. */
  silent = false;

  constructor(sub: SubTopology, effects: GraphEffects) {
    this.#effects = effects;
    for (const node of sub.nodes) {
      for (const parent of parentsOf(node)) {
        const children = this.#children.get(parent) ?? [];
        this.#children.set(parent, [...children, node]);
      }
      if (node.kind !== 'fold') continue;
      this.#folds.push(node);
      if (node.recall !== undefined) this.#recalled.add(node.recall.from.name);
    }
    for (const { name } of sub.entries) this.#out(name);
  }

  /** Sends values into the children of an entry: a source, or a repartition node. */
  behind(entry: string): Push {
    return this.#out(entry);
  }

  /**
   * Lets time pass for the keys whose folds wait for it. Each key is an attempt of its own, so one that fails does not
   * hold up the others; it waits for nothing more until its state changes.
   */
  tick(tick: Instant, attempt: (work: () => void) => boolean): void {
    for (const node of this.#folds) {
      const { onTick } = node.fold;
      if (onTick === undefined) continue;
      const store = this.#effects.store(node.store.name);
      for (const key of store.keysDue(tick)) {
        if (!attempt(() => this.#tickKey(node, store, key, tick, onTick))) store.setDue(key, undefined);
      }
    }
  }

  #tickKey(
    node: FoldNode,
    store: TaskStore,
    key: string,
    tick: Instant,
    onTick: NonNullable<FoldNode['fold']['onTick']>,
  ): void {
    this.current.key = key;
    const bytes = store.get(key);
    if (bytes === undefined) return;
    let state: unknown;
    let result: FoldResult<unknown, unknown>;
    try {
      state = node.store.state.decode(bytes);
      result = onTick(state, key, tick);
    } catch (error) {
      throw new StepFailure(node.name, error);
    }
    this.#settle(node, store, key, state, result, this.#out(node.name));
  }

  /** Learns from a restored state which tick its key waits for. */
  loaded(store: string, key: string, bytes: Uint8Array): void {
    for (const node of this.#folds) {
      if (node.store.name !== store || node.fold.due === undefined) continue;
      this.#effects.store(store).setDue(key, node.fold.due(node.store.state.decode(bytes)));
    }
  }

  close(): void {
    for (const stage of this.#stages) stage.close();
  }

  #out(parent: string): Push {
    const known = this.#outOf.get(parent);
    if (known !== undefined) return known;
    const pushes = (this.#children.get(parent) ?? []).map((node) => this.#in(node));
    const only = pushes[0];
    const push: Push =
      pushes.length === 1 && only !== undefined
        ? only
        : (value) => {
            for (const each of pushes) each(value);
          };
    this.#outOf.set(parent, push);
    return push;
  }

  #in(node: TopologyNode): Push {
    const known = this.#into.get(node.name);
    if (known !== undefined) return known;
    const push = this.#made(node);
    this.#into.set(node.name, push);
    return push;
  }

  #made(node: TopologyNode): Push {
    switch (node.kind) {
      case 'stage': {
        const stage = new Stage(node, this.#element(node.name, this.#out(node.name)));
        this.#stages.push(stage);
        return (value) => stage.push(value);
      }
      case 'filter': {
        const next = this.#out(node.name);
        return guarded(
          node.name,
          (value) => node.predicate(value),
          (keep, value) => keep && next(value),
        );
      }
      case 'branch': {
        const next = this.#out(node.name);
        return guarded(
          node.name,
          (value) => node.predicates.findIndex((predicate) => predicate(value)) === node.index,
          (mine, value) => mine && next(value),
        );
      }
      case 'map-values':
        return guarded(node.name, (value) => node.map(value), this.#element(node.name, this.#out(node.name)));
      case 'merge':
        return this.#out(node.name);
      case 'fold':
        return this.#fold(node, this.#out(node.name));
      case 'repartition':
        return this.#output(node.name, node.topic, (value) => ({ key: node.keyOf(value), value }));
      case 'sink':
        return this.#output(node.name, node.topic, (value) => node.record(this.current.key, value));
      case 'source':
        throw new StreamsError('topology-invalid', `Source ${node.name} stands behind another node.`);
    }
  }

  /** Writes to a topic what `record` makes of each value. */
  #output(step: string, topic: Topic<unknown>, record: (value: unknown) => KeyedValue<unknown>): Push {
    const effects = this.#effects;
    const current = this.current;
    const recalled = this.#recalled.has(topic.name);
    return (value) => {
      if (this.silent) return;
      let key: string;
      let bytes: Uint8Array;
      try {
        const made = record(value);
        key = made.key;
        bytes = topic.value.encode(made.value);
      } catch (error) {
        throw new StepFailure(step, error);
      }
      effects.emit(topic.name, key, bytes, recalled ? current.position.offset : undefined);
    };
  }

  /** Routes an element of a step: a verdict to the runtime, anything else onward. */
  #element(step: string, next: Push): Push {
    return (element) => {
      if (isVerdict(element)) this.#effects.verdict(step, element);
      else next(element);
    };
  }

  #fold(node: FoldNode, next: Push): Push {
    const store = this.#effects.store(node.store.name);
    const { step } = node.fold;
    const codec = node.store.state;
    const current = this.current;
    return (value) => {
      const { key, position, timestamp } = current;
      const bytes = store.get(key);
      const record: FoldRecord<unknown> = { key, value, position, timestamp };
      let state: unknown;
      let result: FoldResult<unknown, unknown>;
      try {
        state = bytes === undefined ? undefined : codec.decode(bytes);
        result = step(state, record);
      } catch (error) {
        throw new StepFailure(node.name, error);
      }
      this.#settle(node, store, key, state, result, next);
    };
  }

  #settle(
    node: FoldNode,
    store: TaskStore,
    key: string,
    before: unknown,
    result: FoldResult<unknown, unknown>,
    next: Push,
  ): void {
    // By index: to take a tuple apart by pattern makes an iterator.
    const state = result[0];
    const outputs = result[1];
    if (state !== before) {
      try {
        store.put(key, state === undefined ? null : node.store.state.encode(state));
        if (node.fold.due !== undefined)
          store.setDue(key, state === undefined ? undefined : node.fold.due(state));
      } catch (error) {
        throw new StepFailure(node.name, error);
      }
    }
    for (const output of outputs) {
      if (isVerdict(output)) this.#effects.verdict(node.name, output);
      else next(output);
    }
  }
}
