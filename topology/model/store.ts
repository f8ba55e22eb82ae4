import type { Codec } from './codec.ts';

/**
 * Keyed state of one fold. The engine holds each key's state as bytes, so a snapshot, a state hash
 * and a million patients cost no objects; `state` reads and writes them.
 */
export interface Store<S> {
  readonly name: string;
  readonly state: Codec<S>;
  /** Version of the layout of `state`; a snapshot of another version is not loaded. */
  readonly version: number;
}

/** Declares a store. */
export function store<S>(name: string, state: Codec<S>, version: number): Store<S> {
  return Object.freeze({ name, state, version });
}
