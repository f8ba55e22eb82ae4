import type { Instant } from '../model/time.ts';
import { Arena } from './arena.ts';
import { type EntryHash, hashEntry } from './entry-hash.ts';
import { StateHash } from './state-hash.ts';

interface Replaced {
  readonly key: string;
  /** What the overlay said of the key; undefined: nothing. */
  readonly before: number | null | undefined;
  readonly due: Instant | undefined;
}

const entry: EntryHash = { a: 0, b: 0 };

/**
 * The state of one store in one task: a committed base in bytes, and over it the changes of the batch that is
 * being processed. `promote` after the commit, `discard` after an abort: the base is never touched in between.
 * Within a batch, `begin` and `rollback` do the same for one record.
 */
export class TaskStore {
  readonly name: string;
  readonly #arena = new Arena();
  readonly #keys = new Map<string, number>();
  /** Where the batch has put a key's state; null: it has taken it away. */
  #overlay = new Map<string, number | null>();
  readonly #due = new Map<string, Instant>();
  #dueOverlay = new Map<string, Instant | undefined>();
  /** What the record has replaced, oldest first. */
  readonly #replaced: Replaced[] = [];
  #hash = new StateHash();
  /** Hash with the overlay in it, once asked for. */
  #sealed: StateHash | undefined;
  /** Keys changed since the last snapshot; undefined while nobody takes snapshots. */
  #unsaved: Set<string> | undefined;

  constructor(name: string, snapshots: boolean) {
    this.name = name;
    if (snapshots) this.#unsaved = new Set();
  }

  /** A view of the key's state, good until the next record; undefined: none. */
  get(key: string): Uint8Array | undefined {
    const changed = this.#overlay.get(key);
    if (changed === null) return undefined;
    const address = changed ?? this.#keys.get(key);
    return address === undefined ? undefined : this.#arena.get(address);
  }

  /** Sets or (null) takes away the state of a key. The bytes are copied. */
  put(key: string, state: Uint8Array | null): void {
    this.#replaced.push({ key, before: this.#overlay.get(key), due: this.due(key) });
    this.#overlay.set(key, state === null ? null : this.#arena.put(state));
    this.#sealed = undefined;
  }

  /** A record begins: what the last one did to the overlay stands. */
  begin(): void {
    for (let last = this.#replaced.pop(); last !== undefined; last = this.#replaced.pop())
      this.#free(last.before);
  }

  /** Takes back what was done since `begin`. */
  rollback(): void {
    for (let last = this.#replaced.pop(); last !== undefined; last = this.#replaced.pop()) {
      const { key, before, due } = last;
      this.#free(this.#overlay.get(key));
      if (before === undefined) this.#overlay.delete(key);
      else this.#overlay.set(key, before);
      this.setDue(key, due);
      this.#sealed = undefined;
    }
  }

  #free(address: number | null | undefined): void {
    if (address !== null && address !== undefined) this.#arena.free(address);
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
    this.begin();
    this.#hash = this.#seal();
    for (const [key, address] of this.#overlay) {
      this.#free(this.#keys.get(key));
      if (address === null) this.#keys.delete(key);
      else this.#keys.set(key, address);
      this.#unsaved?.add(key);
    }
    for (const [key, due] of this.#dueOverlay) {
      if (due === undefined) this.#due.delete(key);
      else this.#due.set(key, due);
    }
    this.#forget();
  }

  discard(): void {
    this.begin();
    for (const address of this.#overlay.values()) this.#free(address);
    this.#forget();
  }

  /** Takes every state away, and what the batch did. */
  clear(): void {
    this.discard();
    for (const key of this.#keys.keys()) {
      this.put(key, null);
      this.setDue(key, undefined);
    }
    this.promote();
  }

  #forget(): void {
    // Not cleared: see the outbox. Most stores have nothing in a batch.
    if (this.#overlay.size > 0) this.#overlay = new Map();
    if (this.#dueOverlay.size > 0) this.#dueOverlay = new Map();
    this.#sealed = undefined;
  }

  /** Hash of the state as it will be when the overlay is promoted. */
  get hash(): string {
    return this.#seal().text;
  }

  /** Hash of the committed state. */
  get committedHash(): string {
    return this.#hash.text;
  }

  #seal(): StateHash {
    if (this.#sealed !== undefined || this.#overlay.size === 0) return this.#sealed ?? this.#hash;
    const hash = this.#hash.copy();
    for (const [key, address] of this.#overlay) {
      const committed = this.#keys.get(key);
      if (committed !== undefined) {
        this.#arena.hashOf(committed, entry);
        hash.remove(entry.a, entry.b);
      }
      if (address === null) continue;
      hashEntry(key, this.#arena.get(address), entry);
      hash.add(entry.a, entry.b);
      this.#arena.setHash(address, entry);
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
