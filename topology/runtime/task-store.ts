import type { Instant } from '../model/time.ts';
import { Arena } from './arena.ts';
import { ScratchBytes } from './scratch-bytes.ts';
import { StateHash } from './state-hash.ts';

/**
 * The state of one store in one task: a committed base in bytes, and over it the changes of the batch that is
 * being processed. `promote` after the commit, `discard` after an abort: the base is never touched in between.
 */
export class TaskStore {
  readonly name: string;
  readonly #keys = new Map<string, number>();
  readonly #arena = new Arena();
  readonly #overlay = new Map<string, Uint8Array | null>();
  readonly #due = new Map<string, Instant>();
  readonly #dueOverlay = new Map<string, Instant | undefined>();
  #hash = new StateHash();
  /** Hash with the overlay in it, once asked for. */
  #sealed: StateHash | undefined;
  readonly #scratch = new ScratchBytes();
  /** Keys changed since the last snapshot; undefined while nobody takes snapshots. */
  #unsaved: Set<string> | undefined;

  constructor(name: string, snapshots: boolean) {
    this.name = name;
    if (snapshots) this.#unsaved = new Set();
  }

  /** A view of the key's state, good until the store changes; undefined: none. */
  get(key: string): Uint8Array | undefined {
    const changed = this.#overlay.get(key);
    if (changed !== undefined) return changed ?? undefined;
    const address = this.#keys.get(key);
    return address === undefined ? undefined : this.#arena.get(address);
  }

  /** What the overlay says of a key; undefined: nothing. For taking one record's changes back. */
  overlaid(key: string): Uint8Array | null | undefined {
    return this.#overlay.get(key);
  }

  /** Sets or (null) takes away the state of a key. The bytes are copied. */
  put(key: string, state: Uint8Array | null): void {
    this.#overlay.set(key, state === null ? null : this.#scratch.copy(state));
    this.#sealed = undefined;
  }

  /** Takes one record's change back. */
  undo(key: string, before: Uint8Array | null | undefined, due: Instant | undefined): void {
    if (before === undefined) this.#overlay.delete(key);
    else this.#overlay.set(key, before);
    this.#sealed = undefined;
    this.setDue(key, due);
  }

  due(key: string): Instant | undefined {
    return this.#dueOverlay.has(key) ? this.#dueOverlay.get(key) : this.#due.get(key);
  }

  setDue(key: string, due: Instant | undefined): void {
    if (due !== undefined || this.#due.has(key) || this.#dueOverlay.has(key)) this.#dueOverlay.set(key, due);
  }

  /** Keys that wait for a tick at or before `tick`, in a fixed order. */
  keysDue(tick: Instant): string[] {
    const keys: string[] = [];
    for (const [key, due] of this.#due) if (due <= tick && !this.#dueOverlay.has(key)) keys.push(key);
    for (const [key, due] of this.#dueOverlay) if (due !== undefined && due <= tick) keys.push(key);
    return keys.sort();
  }

  promote(): void {
    this.#hash = this.#seal();
    for (const [key, state] of this.#overlay) {
      const address = this.#keys.get(key);
      if (state !== null) {
        const next = address === undefined ? this.#arena.put(state) : this.#arena.replace(address, state);
        if (next !== address) this.#keys.set(key, next);
      } else if (address !== undefined) {
        this.#arena.free(address);
        this.#keys.delete(key);
      }
      this.#unsaved?.add(key);
    }
    for (const [key, due] of this.#dueOverlay) {
      if (due === undefined) this.#due.delete(key);
      else this.#due.set(key, due);
    }
    this.discard();
  }

  discard(): void {
    this.#overlay.clear();
    this.#dueOverlay.clear();
    this.#sealed = undefined;
    this.#scratch.clear();
  }

  /** Hash of the state as it will be when the overlay is promoted. */
  get hash(): string {
    return this.#seal().text;
  }

  #seal(): StateHash {
    if (this.#sealed !== undefined || this.#overlay.size === 0) return this.#sealed ?? this.#hash;
    const hash = this.#hash.copy();
    for (const [key, state] of this.#overlay) {
      const address = this.#keys.get(key);
      if (address !== undefined) hash.change(key, this.#arena.get(address), -1);
      if (state !== null) hash.change(key, state, 1);
    }
    this.#sealed = hash;
    return hash;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Committed state, key by key. The views are good until the store changes. */
  *entries(): Generator<readonly [string, Uint8Array]> {
    for (const [key, address] of this.#keys) yield [key, this.#arena.get(address)];
  }

  /** Committed changes since the last call; the first call tells everything. */
  *unsaved(): Generator<readonly [string, Uint8Array | null]> {
    const keys = this.#unsaved ?? new Set<string>();
    if (this.#unsaved !== undefined) this.#unsaved = new Set();
    for (const key of keys) {
      const address = this.#keys.get(key);
      yield [key, address === undefined ? null : this.#arena.get(address)];
    }
  }
}
