import type { SnapshotKey } from '../../topology/ports/snapshot-store.ts';

/** Two places for a generation each: one is the newest, the other is written next. */
export type Slot = '0' | '1';

/** Keys of one task. The part in braces is the same in all: they share a slot of a cluster, and a script may use them. */
export interface TaskKeys {
  /** Hash: epoch, which slot is newest, and per slot its header, offset, number of entries and key id. */
  readonly meta: string;
  /** Hash per slot: an entry per field. */
  readonly entries: Readonly<Record<Slot, string>>;
  /** Hash: lists of the fields in which the older slot may differ from the newest. */
  readonly behind: string;
  /** All, in the order of the scripts' KEYS. */
  readonly all: readonly [meta: string, zero: string, one: string, behind: string];
}

/** `prefix` must lie where the user of the ACL may write: below `sepsis:`. */
export function taskKeys(prefix: string, { application, task }: SnapshotKey): TaskKeys {
  const of = (part: string): string =>
    `${prefix}{${encodeURIComponent(application)}/${encodeURIComponent(task)}}:${part}`;
  const [meta, zero, one, behind] = [of('meta'), of('0'), of('1'), of('behind')];
  return { meta, entries: { 0: zero, 1: one }, behind, all: [meta, zero, one, behind] };
}
