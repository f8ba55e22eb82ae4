import type { SnapshotChange } from '../../topology/ports/snapshot-store.ts';

/** A change whose bytes belong to the save. */
export type OwnedChange = readonly [store: string, key: string, state: Buffer | null];

/** States lie side by side in pieces of this size: one of a few KiB to each of thousands of states would be dear to make and to give back. */
const PIECE = 256 << 10;

/** The changes with copies of their states: the views that they come with are good until the store changes. */
export function ownedChanges(changes: Iterable<SnapshotChange>): readonly OwnedChange[] {
  const owned: OwnedChange[] = [];
  let piece = Buffer.alloc(0);
  let at = 0;
  for (const [store, key, state] of changes) {
    if (state === null) {
      owned.push([store, key, null]);
      continue;
    }
    if (at + state.length > piece.length) {
      piece = Buffer.allocUnsafeSlow(Math.max(PIECE, state.length));
      at = 0;
    }
    piece.set(state, at);
    owned.push([store, key, piece.subarray(at, at + state.length)]);
    at += state.length;
  }
  return owned;
}
