import type { Snapshot, SnapshotEntry, SnapshotHeader } from '../../topology/ports/snapshot-store.ts';
import type { Codecs } from './codecs.ts';
import type { Connection } from './connection.ts';
import type { EntryCodec } from './entry-codec.ts';
import { headerOf } from './header-text.ts';
import { flatOf, pageOf } from './replies.ts';
import type { Slot, TaskKeys } from './task-keys.ts';

/** Why a generation cannot be read. `changing`: others wrote all the time while it was read. */
export type Unreadable = 'header-corrupt' | 'unknown-key' | 'entries-lost' | 'entry-corrupt' | 'changing';

/** A generation as its task's meta tells of it. */
interface Told {
  readonly slot: Slot;
  readonly headerText: string;
  readonly count: number;
  readonly keyId: string;
}

type Read = { readonly snapshot: Snapshot } | { readonly unreadable: Unreadable };

type Reading = Pick<Connection, 'call'>;

/** From here on in pages: one answer with everything would hold up the server, and this process. */
const PAGED_FROM = 20_000;
const PAGE = '5000';
/** Times that a generation is read again because somebody wrote meanwhile. */
const ATTEMPTS = 3;

/** The newest generation that can be read; tells why newer ones cannot. Undefined: none. */
export async function readNewest(
  connection: Reading,
  keys: TaskKeys,
  codecs: Codecs,
  unreadable: (why: Unreadable) => void,
): Promise<Snapshot | undefined> {
  for (let attempt = 1; ; attempt++) {
    let changed = false;
    const reasons: Unreadable[] = [];
    const told = generationsOf(await meta(connection, keys));
    for (const generation of told) {
      const read = await readGeneration(connection, keys, generation, codecs);
      // What a writer was at meanwhile is neither a snapshot nor a fault.
      changed = !(await still(connection, keys, generation));
      if (changed) break;
      if ('snapshot' in read) {
        reasons.forEach(unreadable);
        return read.snapshot;
      }
      reasons.push(read.unreadable);
    }
    if (changed && attempt < ATTEMPTS) continue;
    if (changed) reasons.push('changing');
    reasons.forEach(unreadable);
    return undefined;
  }
}

async function meta(connection: Reading, keys: TaskKeys): Promise<ReadonlyMap<string, string>> {
  const fields = new Map<string, string>();
  const flat = flatOf(await connection.call('HGETALL', [keys.meta]));
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(String(flat[at]), String(flat[at + 1]));
  return fields;
}

/** Newest first. A slot without a header is being written, or never was. */
function generationsOf(fields: ReadonlyMap<string, string>): readonly Told[] {
  const newest = fields.get('newest');
  if (newest === undefined) return [];
  const slots: readonly Slot[] = newest === '1' ? ['1', '0'] : ['0', '1'];
  return slots.flatMap((slot) => {
    const text = fields.get(`${slot}:header`);
    if (text === undefined) return [];
    const count = Number(fields.get(`${slot}:count`));
    return [{ slot, headerText: text, count, keyId: fields.get(`${slot}:naming`) ?? '' }];
  });
}

async function readGeneration(
  connection: Reading,
  keys: TaskKeys,
  { slot, headerText, count, keyId }: Told,
  codecs: Codecs,
): Promise<Read> {
  const header: SnapshotHeader | undefined = headerOf(headerText);
  if (header === undefined) return { unreadable: 'header-corrupt' };
  const codec = codecs.of(keyId);
  if (codec === undefined) return { unreadable: 'unknown-key' };
  const entries = new Entries(codec);
  const key = keys.entries[slot];
  if (count < PAGED_FROM) {
    entries.add(flatOf(await connection.call('HGETALL', [key])));
  } else {
    let cursor = '0';
    do {
      const page = pageOf(await connection.call('HSCAN', [key, cursor, 'COUNT', PAGE]));
      cursor = page.cursor;
      entries.add(page.flat);
    } while (cursor !== '0' && !entries.corrupt);
  }
  if (entries.corrupt) return { unreadable: 'entry-corrupt' };
  if (entries.all.size !== count) return { unreadable: 'entries-lost' };
  return { snapshot: { header, entries: [...entries.all.values()] } };
}

class Entries {
  readonly #codec: EntryCodec;
  /** By field: a scan may tell one twice. */
  readonly all: Map<string, SnapshotEntry> = new Map();
  corrupt = false;

  constructor(codec: EntryCodec) {
    this.#codec = codec;
  }

  add(flat: readonly Buffer[]): void {
    for (let at = 0; at + 1 < flat.length; at += 2) {
      const [field, value] = [flat[at], flat[at + 1]];
      if (field === undefined || value === undefined) continue;
      const entry = this.#codec.decode(field, value);
      if (entry === undefined) this.corrupt = true;
      else this.all.set(field.toString('latin1'), entry);
    }
  }
}

/** Whether the generation is the one that it was. */
async function still(connection: Reading, keys: TaskKeys, { slot, headerText }: Told): Promise<boolean> {
  const now = await connection.call('HGET', [keys.meta, `${slot}:header`]);
  return Buffer.isBuffer(now) && now.toString() === headerText;
}
