import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StreamsError } from '../../topology/model/errors.ts';
import { Cursor, type CursorState } from './cursor.ts';

interface Kept {
  readonly server: string;
  readonly searches: Readonly<Record<string, CursorState>>;
}

/** Keeps cursors in a file. It is replaced in one step: whoever is killed leaves the one before or the new one. */
export class CursorFile {
  readonly #path: string;
  readonly #server: string;

  constructor(path: string, server: string) {
    this.#path = path;
    this.#server = server;
  }

  /**
   * The cursors by their search; none when there is no file.
   * @throws StreamsError `cursor-unfit`: unreadable, no such file of ours, or of another server.
   */
  async load(): Promise<Map<string, Cursor>> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return new Map();
      throw this.#unfit(`cannot be read (${codeOf(cause)})`, cause);
    }
    const kept = keptIn(text);
    if (kept === undefined) throw this.#unfit('holds no cursor');
    // Without a search nothing was read: a first try with a wrong address does not keep the file for itself.
    const isTheirs = kept.server !== this.#server && Object.keys(kept.searches).length > 0;
    if (isTheirs) throw this.#unfit(`is the cursor of ${kept.server}`);
    return new Map(Object.entries(kept.searches).map(([search, state]) => [search, new Cursor(state)]));
  }

  /** Resolves when the cursors are on the disk. @throws StreamsError `output-unwritable` */
  async save(cursors: ReadonlyMap<string, Cursor>): Promise<void> {
    const searches = Object.fromEntries([...cursors].map(([search, { state }]) => [search, state]));
    const kept: Kept = { server: this.#server, searches };
    // A name of its own: two processes meet here while one takes over from the other, and what is torn nobody could read.
    const fresh = `${this.#path}.${randomUUID()}.new`;
    try {
      // It tells which server is read and when, and that is nobody else's business.
      await written(fresh, `${JSON.stringify(kept)}\n`);
      await rename(fresh, this.#path);
      await synced(dirname(this.#path));
    } catch (cause) {
      await rm(fresh, { force: true }).catch(() => {});
      throw new StreamsError('output-unwritable', `Cannot write ${this.#path} (${codeOf(cause)}).`, cause);
    }
  }

  #unfit(why: string, cause?: unknown): StreamsError {
    return new StreamsError('cursor-unfit', `${this.#path} ${why}.`, cause);
  }
}

async function written(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is on the disk when its directory is. */
async function synced(directory: string): Promise<void> {
  // Windows opens no directories, and needs none of this.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function keptIn(text: string): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(text);
    return isKept(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKept = (value: unknown): value is Kept =>
  isObject(value) &&
  typeof value['server'] === 'string' &&
  isObject(value['searches']) &&
  Object.values(value['searches']).every(isState);

const isState = (state: unknown): boolean =>
  isObject(state) &&
  (state['newest'] === undefined || typeof state['newest'] === 'number') &&
  Array.isArray(state['seen']) &&
  state['seen'].every(
    (one: unknown) => Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'number',
  );

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : 'unexpected';
