/** Names the state of one task: all of its stores, which change together. */
export interface SnapshotKey {
  readonly application: string;
  readonly task: string;
}

/** What a snapshot says about itself. All of it is written in one atomic step with the entries. */
export interface SnapshotHeader {
  /** Next input offset: the state is the fold of all input before it, committed and nothing else. */
  readonly offset: number;
  /** Covers the names and the layouts of the stores too: a snapshot of another topology is not loaded. */
  readonly topologyHash: string;
  /** Hash of the whole state at `offset`. */
  readonly stateHash: string;
  /** Grows with every assignment of the task; an older one is fenced. */
  readonly epoch: number;
}

export type SnapshotEntry = readonly [store: string, key: string, state: Uint8Array];

export interface Snapshot {
  readonly header: SnapshotHeader;
  readonly entries: Iterable<SnapshotEntry>;
}

/** A change since the last save: null takes the key away. */
export type SnapshotChange = readonly [store: string, key: string, state: Uint8Array | null];

/** A cache of the log: it may be stale, empty or gone, and the answers stay right. */
export interface SnapshotStore {
  /** A number above every epoch ever given for this key. */
  nextEpoch(key: SnapshotKey): Promise<number>;
  /** The newest snapshot that can be read; undefined: none. */
  load(key: SnapshotKey): Promise<Snapshot | undefined>;
  /**
   * Adds changes to the snapshot of offset `base` in one atomic step; without a base they replace what is there.
   * All changes are read before this returns its promise: their bytes are good no longer.
   * False, and nothing written, when the stored epoch or offset is greater, or when what is stored is not of `base`:
   * another worker wrote, or the store lost what it had acknowledged.
   */
  save(
    key: SnapshotKey,
    header: SnapshotHeader,
    changes: Iterable<SnapshotChange>,
    base: number | undefined,
  ): Promise<boolean>;
  drop(key: SnapshotKey): Promise<void>;
}
