import type {
  Snapshot,
  SnapshotChange,
  SnapshotHeader,
  SnapshotKey,
  SnapshotStore,
} from '../../topology/ports/snapshot-store.ts';

interface Held {
  header: SnapshotHeader;
  readonly entries: Map<string, readonly [store: string, key: string, state: Uint8Array]>;
}

const nameOf = ({ application, task }: SnapshotKey): string => `${application}/${task}`;

/** Snapshots in this process; the bytes are copied, since the engine hands out views. */
export class MemorySnapshotStore implements SnapshotStore {
  readonly #held = new Map<string, Held>();
  readonly #epochs = new Map<string, number>();

  nextEpoch(key: SnapshotKey): Promise<number> {
    const epoch = (this.#epochs.get(nameOf(key)) ?? 0) + 1;
    this.#epochs.set(nameOf(key), epoch);
    return Promise.resolve(epoch);
  }

  load(key: SnapshotKey): Promise<Snapshot | undefined> {
    const held = this.#held.get(nameOf(key));
    return Promise.resolve(
      held === undefined ? undefined : { header: held.header, entries: [...held.entries.values()] },
    );
  }

  save(
    key: SnapshotKey,
    header: SnapshotHeader,
    changes: Iterable<SnapshotChange>,
    base: number | undefined,
  ): Promise<boolean> {
    const before = this.#held.get(nameOf(key));
    if (before !== undefined && (before.header.epoch > header.epoch || before.header.offset > header.offset))
      return Promise.resolve(false);
    if (base !== undefined && before?.header.offset !== base) return Promise.resolve(false);
    const held: Held = { header, entries: new Map(base === undefined ? [] : before?.entries) };
    for (const [store, entry, state] of changes) {
      const name = `${store}\0${entry}`;
      if (state === null) held.entries.delete(name);
      // Not `slice`: of a Buffer that is a view, and the engine writes over it.
      else held.entries.set(name, [store, entry, Uint8Array.from(state)]);
    }
    this.#held.set(nameOf(key), held);
    return Promise.resolve(true);
  }

  drop(key: SnapshotKey): Promise<void> {
    this.#held.delete(nameOf(key));
    return Promise.resolve();
  }
}
