import { Subject, type Subscription } from 'rxjs';
import { parentsOf, type FoldNode, type RepartitionNode, type StageNode, type TopologyNode } from '../dsl/nodes.ts';
import type { SubTopology } from '../dsl/sub-topologies.ts';
import { DeadLetter, isVerdict } from '../model/outcome.ts';
import type { FoldRecord, Position } from '../model/record.ts';
import type { Instant } from '../model/time.ts';
import { StreamsError } from '../model/errors.ts';
import { nameOf } from './dead-letter-record.ts';
import type { TaskStore } from './task-store.ts';

/** What a graph may do to the world around it: all of it synchronous, all of it undone when the record fails. */
export interface GraphEffects {
  verdict(step: string, verdict: DeadLetter | { readonly reason: string }): void;
  emit(node: string, topic: string, key: string | null, value: Uint8Array): void;
  store(name: string): TaskStore;
  /** Called before a store's key is changed. */
  touching(store: TaskStore, key: string): void;
}

/** The record that a graph is working on. */
export interface Current {
  key: string;
  position: Position;
  timestamp: number;
}

type Push = (value: unknown) => void;

/** A step threw: which one, and what. */
export class StepFailure extends Error {
  readonly step: string;
  constructor(step: string, cause: unknown) {
    super(`step ${step} failed`, { cause });
    this.step = step;
  }
}

/**
 * The nodes of one sub-topology as plain function calls, with RxJS where the declaration has a stage: one Subject
 * per stage, no time, no scheduler, so a record is through when `push` returns.
 */
export class Graph {
  readonly #effects: GraphEffects;
  readonly #children = new Map<string, TopologyNode[]>();
  readonly #inputs = new Map<string, Push>();
  readonly #folds: FoldNode[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly current: Current = { key: '', position: { topic: '', partition: 0, offset: 0 }, timestamp: 0 };

  constructor(sub: SubTopology, effects: GraphEffects) {
    this.#effects = effects;
    for (const node of sub.nodes) {
      for (const parent of parentsOf(node)) {
        const children = this.#children.get(parent) ?? [];
        this.#children.set(parent, [...children, node]);
      }
      if (node.kind === 'fold') this.#folds.push(node);
    }
    for (const { name } of sub.entries) this.#inputs.set(name, this.#fanOut(name));
  }

  /** Sends a value into the children of a source or repartition node. @throws StepFailure */
  push(node: string, value: unknown): void {
    this.#inputs.get(node)?.(value);
  }

  /** Lets time pass for the keys whose folds wait for it. */
  tick(tick: Instant): void {
    for (const node of this.#folds) {
      const onTick = node.fold.onTick;
      if (onTick === undefined) continue;
      const store = this.#effects.store(node.store.name);
      for (const key of store.keysDue(tick)) {
        this.current.key = key;
        const bytes = store.get(key);
        if (bytes === undefined) continue;
        const state = node.store.state.decode(bytes);
        this.#settle(node, store, key, state, onTick(state, key, tick), this.#fanOut(node.name));
      }
    }
  }

  /** Learns from a restored state which tick its key waits for. */
  loaded(store: string, key: string, bytes: Uint8Array): void {
    for (const node of this.#folds) {
      if (node.store.name !== store || node.fold.due === undefined) continue;
      this.#effects.store(store).setDue(key, node.fold.due(node.store.state.decode(bytes)));
    }
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  #fanOut(parent: string): Push {
    const pushes = (this.#children.get(parent) ?? []).map((node) => this.#into(node));
    const only = pushes[0];
    if (pushes.length === 1 && only !== undefined) return only;
    return (value) => {
      for (const push of pushes) push(value);
    };
  }

  #into(node: TopologyNode): Push {
    switch (node.kind) {
      case 'stage':
        return this.#stage(node, this.#fanOut(node.name));
      case 'filter': {
        const next = this.#fanOut(node.name);
        return guarded(node.name, (value) => node.predicate(value), (keep, value) => keep === true && next(value));
      }
      case 'branch': {
        const next = this.#fanOut(node.name);
        return guarded(
          node.name,
          (value) => node.predicates.findIndex((predicate) => predicate(value)) === node.index,
          (mine, value) => mine === true && next(value),
        );
      }
      case 'map-values': {
        const next = this.#element(node.name, this.#fanOut(node.name));
        return guarded(node.name, (value) => node.map(value), (mapped) => next(mapped));
      }
      case 'merge':
        return this.#fanOut(node.name);
      case 'fold':
        return this.#fold(node, this.#fanOut(node.name));
      case 'repartition':
        return this.#repartition(node);
      case 'sink':
        return guarded(
          node.name,
          (value) => {
            const { key, value: written } = node.record(this.current.key, value);
            return [key, node.topic.value.encode(written)] as const;
          },
          ([key, bytes]) => this.#effects.emit(node.name, node.topic.name, key, bytes),
        );
      case 'source':
        throw new StreamsError('topology-invalid', `Source ${node.name} stands behind another node.`);
    }
  }

  #repartition(node: RepartitionNode): Push {
    return guarded(
      node.name,
      (value) => [node.keyOf(value), node.topic.value.encode(value)] as const,
      ([key, bytes]) => this.#effects.emit(node.name, node.topic.name, key, bytes),
    );
  }

  /** Routes an element of a step: a verdict to the runtime, anything else onward. */
  #element(step: string, next: Push): Push {
    return (element) => {
      if (isVerdict(element)) this.#effects.verdict(step, element);
      else next(element);
    };
  }

  #stage(node: StageNode, next: Push): Push {
    const element = this.#element(node.name, next);
    let failure: unknown;
    let input: Subject<unknown>;
    const connect = (): void => {
      input = new Subject();
      this.#subscriptions.push(
        input.pipe(node.operator).subscribe({
          // What a later step throws must not end this one: RxJS would take it for its own error.
          next: (value) => {
            if (failure !== undefined) return;
            try {
              element(value);
            } catch (error) {
              failure = error;
            }
          },
          error: (error: unknown) => {
            failure = new StepFailure(node.name, error);
            connect();
          },
        }),
      );
    };
    connect();
    return (value) => {
      failure = undefined;
      input.next(value);
      if (failure !== undefined) throw failure;
    };
  }

  #fold(node: FoldNode, next: Push): Push {
    const store = this.#effects.store(node.store.name);
    const { step } = node.fold;
    const { decode } = node.store.state;
    return (value) => {
      const { key, position, timestamp } = this.current;
      const bytes = store.get(key);
      const record: FoldRecord<unknown> = { key, value, position, timestamp };
      let state: unknown;
      let result: ReturnType<typeof step>;
      try {
        state = bytes === undefined ? undefined : decode(bytes);
        result = step(state, record);
      } catch (error) {
        throw new StepFailure(node.name, error);
      }
      this.#settle(node, store, key, state, result, next);
    };
  }

  #settle(node: FoldNode, store: TaskStore, key: string, before: unknown, [state, outputs]: readonly [unknown, readonly unknown[]], next: Push): void {
    if (state !== before) {
      this.#effects.touching(store, key);
      try {
        store.put(key, state === undefined ? null : node.store.state.encode(state));
        if (node.fold.due !== undefined) store.setDue(key, state === undefined ? undefined : node.fold.due(state));
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

/** Runs the step's own work under its name; what comes after it fails under its own. */
function guarded<R>(step: string, work: (value: unknown) => R, then: (result: R, value: unknown) => void): Push {
  return (value) => {
    let result: R;
    try {
      result = work(value);
    } catch (error) {
      throw error instanceof StepFailure ? error : new StepFailure(step, error);
    }
    then(result, value);
  };
}

export const causeOf = (failure: StepFailure): string => nameOf(failure.cause);
