import type {
  Snapshot,
  SnapshotChange,
  SnapshotHeader,
  SnapshotKey,
  SnapshotStore,
} from '../../../topology/ports/snapshot-store.ts';
import type { Link } from '../link.ts';
import { MemorySnapshotStore } from '../snapshot-store.ts';

const KEPT = 8;
const nameOf = ({ application, task }: SnapshotKey): string => `${application}/${task}`;

/** A snapshot store that loses what it acknowledged, as one with asynchronous replicas does, or mixes it up. */
export class UnreliableSnapshotStore {
  readonly #held = new MemorySnapshotStore();
  /** Older snapshots by task, the newest last. */
  readonly #older = new Map<string, Snapshot[]>();
  readonly #keys = new Map<string, SnapshotKey>();

  get keys(): readonly SnapshotKey[] {
    return [...this.#keys.values()];
  }

  load(key: SnapshotKey): Promise<Snapshot | undefined> {
    return this.#held.load(key);
  }

  nextEpoch(key: SnapshotKey): Promise<number> {
    return this.#held.nextEpoch(key);
  }

  async save(
    key: SnapshotKey,
    header: SnapshotHeader,
    changes: readonly SnapshotChange[],
    base: number | undefined,
  ): Promise<boolean> {
    const saved = await this.#held.save(key, header, changes, base);
    const now = saved ? await this.#held.load(key) : undefined;
    if (now === undefined) return saved;
    this.#keys.set(nameOf(key), key);
    const older = this.#older.get(nameOf(key)) ?? [];
    this.#older.set(nameOf(key), [...older, { ...now, entries: [...now.entries] }].slice(-KEPT));
    return saved;
  }

  drop(key: SnapshotKey): Promise<void> {
    this.#older.delete(nameOf(key));
    return this.#held.drop(key);
  }

  /** A replica takes over that had not heard of the newest saves: as many of them are gone. */
  async failOver(key: SnapshotKey, lost: number): Promise<void> {
    const older = this.#older.get(nameOf(key)) ?? [];
    const left = older.slice(0, Math.max(0, older.length - lost));
    await this.drop(key);
    this.#older.set(nameOf(key), left);
    const last = left.at(-1);
    if (last !== undefined) await this.#held.save(key, last.header, last.entries, undefined);
  }

  /** A byte of one state is another. */
  async corrupt(key: SnapshotKey, which: number): Promise<void> {
    const snapshot = await this.#held.load(key);
    if (snapshot === undefined) return;
    const entries = [...snapshot.entries];
    const at = which % Math.max(1, entries.length);
    const changed = entries.map(([store, name, state], i): SnapshotChange => {
      if (i !== at || state.length === 0) return [store, name, state];
      const bytes = Uint8Array.from(state);
      bytes[which % bytes.length] = (bytes[which % bytes.length] as number) ^ 1;
      return [store, name, bytes];
    });
    await this.#held.drop(key);
    await this.#held.save(key, snapshot.header, changed, undefined);
  }
}

/** The store as one process reaches it. */
export class RemoteSnapshotStore implements SnapshotStore {
  readonly #store: UnreliableSnapshotStore;
  readonly #link: Link;

  constructor(store: UnreliableSnapshotStore, link: Link) {
    this.#store = store;
    this.#link = link;
  }

  nextEpoch(key: SnapshotKey): Promise<number> {
    return this.#link.call('snapshot-epoch', () => this.#store.nextEpoch(key));
  }

  load(key: SnapshotKey): Promise<Snapshot | undefined> {
    return this.#link.call('snapshot-load', () => this.#store.load(key));
  }

  save(
    key: SnapshotKey,
    header: SnapshotHeader,
    changes: Iterable<SnapshotChange>,
    base: number | undefined,
  ): Promise<boolean> {
    const copied: SnapshotChange[] = [];
    for (const [store, name, state] of changes)
      copied.push([store, name, state === null ? null : Uint8Array.from(state)]);
    return this.#link.call('snapshot-save', () => this.#store.save(key, header, copied, base));
  }

  drop(key: SnapshotKey): Promise<void> {
    return this.#link.call('snapshot-save', () => this.#store.drop(key));
  }
}
