import type { SnapshotHeader } from '../../topology/ports/snapshot-store.ts';
import type { Argument, Connection } from './connection.ts';
import type { EntryCodec } from './entry-codec.ts';
import { headerText } from './header-text.ts';
import type { OwnedChange } from './owned-changes.ts';
import { textOf } from './replies.ts';
import { ENTRIES_PER_CALL, SAVE } from './scripts.ts';
import type { TaskKeys } from './task-keys.ts';

/** A call ends behind the entry that reaches it: one entry may be larger, and then goes alone. */
const BYTES_PER_CALL = 1 << 20;

export interface SaveRequest {
  readonly keys: TaskKeys;
  readonly header: SnapshotHeader;
  readonly changes: readonly OwnedChange[];
  readonly base: number | undefined;
  readonly keyId: string;
  readonly codec: EntryCodec;
  /** No other save has it. */
  readonly token: string;
}

type Mode = 'begin' | 'go' | 'catch-up';

/** One save in as many steps as it needs: one, when it is small and the last one was. False: refused. */
export async function save(connection: Pick<Connection, 'run'>, request: SaveRequest): Promise<boolean> {
  const { keys, header, base, keyId, token, changes, codec } = request;
  const about = [
    String(header.epoch),
    String(header.offset),
    base === undefined ? '' : String(base),
    keyId,
    headerText(header, token),
  ];
  const step = async (mode: Mode, last: boolean, carried: readonly Argument[]): Promise<string> =>
    textOf(await connection.run(SAVE, keys.all, [token, mode, last ? '1' : '0', ...about, ...carried]));

  const encode = codec.encoding();
  let answer = '';
  let mode: Mode = 'begin';
  let at = 0;
  do {
    // Encoded call by call: between two of them this thread does other work.
    const end = endOfCall(changes, at);
    const carried = carriedBy(changes, at, end, codec, encode);
    const last = end === changes.length;
    answer = await step(mode, last, carried);
    if (answer === 'again') {
      while (answer === 'again') answer = await step('catch-up', false, ['0']);
      if (answer === 'ready') answer = await step('go', last, carried);
    }
    mode = 'go';
    at = end;
  } while (answer === 'next');
  return answer === 'saved';
}

function endOfCall(changes: readonly OwnedChange[], from: number): number {
  let end = from;
  for (let bytes = 0; end < changes.length && end - from < ENTRIES_PER_CALL; end++) {
    const size = changes[end]?.[2]?.length ?? 0;
    if (end > from && bytes + size > BYTES_PER_CALL) break;
    bytes += size;
  }
  return end;
}

/** Number of entries, each with its field, then fields to take away. */
function carriedBy(
  changes: readonly OwnedChange[],
  from: number,
  end: number,
  codec: EntryCodec,
  encode: ReturnType<EntryCodec['encoding']>,
): readonly Argument[] {
  const put: Argument[] = [];
  const taken: Argument[] = [];
  for (const [store, key, state] of changes.slice(from, end)) {
    if (state === null) {
      taken.push(codec.fieldOf(store, key));
    } else {
      const { field, value } = encode(store, key, state);
      put.push(field, value);
    }
  }
  return [String(put.length / 2), ...put, ...taken];
}
