import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { TextFile } from './text-file.ts';

/** What a replay may write; the summary comes last, so that where it stands everything does. */
const OUTPUT_FILES = [
  'episodes.jsonl',
  'fires.jsonl',
  'alerts.jsonl',
  'dead-letters.jsonl',
  'facts.jsonl',
  'states.jsonl',
  'summary.json',
] as const;

export type OutputName = (typeof OUTPUT_FILES)[number];

/**
 * The directory of the results. They are written beside their place, in a directory that is gone afterwards, and moved
 * there when all of them are whole: a replay that fails leaves what was there as it was.
 */
export class OutputDirectory {
  readonly #directory: string;
  readonly #workshop: string;
  readonly #open = new Set<TextFile>();
  readonly #written = new Set<string>();

  /** @throws StreamsError `usage` when a file stands there, `output-unwritable`. */
  constructor(directory: string) {
    this.#directory = directory;
    this.#workshop = writing(directory, () => {
      makeDirectory(resolve(directory));
      return mkdtempSync(join(directory, '.replay-'));
    });
  }

  /** Writes one of the results, all at once. */
  write(name: OutputName, lines: Iterable<string>): void {
    this.#written.add(name);
    this.#whole(name, (file) => {
      for (const line of lines) file.line(line);
    });
  }

  /** Writes one of the results as the parts one after the other; the parts must be closed. */
  join(name: OutputName, parts: readonly TextFile[]): void {
    this.#written.add(name);
    this.#whole(name, (file) => {
      for (const { path } of parts) file.append(path);
    });
  }

  /** A file that is no result; it goes when the replay ends. */
  scratch(name: string): TextFile {
    return writing(this.#directory, () => {
      const file = new TextFile(join(this.#workshop, `${name}.part`));
      this.#open.add(file);
      return file;
    });
  }

  /** @throws StreamsError `output-unwritable` */
  add(file: TextFile, line: string): void {
    writing(this.#directory, () => file.line(line));
  }

  close(file: TextFile): void {
    this.#open.delete(file);
    writing(this.#directory, () => file.close());
  }

  /** Puts the results in their place, and takes away those of an earlier run that this one has not. */
  publish(): void {
    writing(this.#directory, () => {
      // That of an earlier run says nothing of what is moved now.
      rmSync(join(this.#directory, 'summary.json'), { force: true });
      for (const name of OUTPUT_FILES) {
        if (this.#written.has(name)) renameSync(join(this.#workshop, name), join(this.#directory, name));
        else rmSync(join(this.#directory, name), { force: true });
      }
    });
    this.discard();
  }

  /** Takes away whatever is not published. */
  discard(): void {
    for (const file of this.#open) file.abandon();
    this.#open.clear();
    rmSync(this.#workshop, { recursive: true, force: true });
  }

  #whole(name: OutputName, fill: (file: TextFile) => void): void {
    writing(this.#directory, () => {
      const file = new TextFile(join(this.#workshop, name));
      try {
        fill(file);
      } finally {
        file.close();
      }
    });
  }
}

/** As `mkdir -p`. Node's own recursive one never returns where a file system refuses with ENOENT, as /proc does. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  mkdirSync(path);
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission to',
  EPERM: 'this user has no permission to',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  EISDIR: 'a directory has the name of a result',
  ENOENT: 'no directory can be made there',
  ENAMETOOLONG: 'the name is too long',
};

function writing<T>(directory: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isStreamsError(cause) || !(cause instanceof Error) || !('code' in cause)) throw cause;
    const code = String(cause.code);
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new StreamsError('usage', `--out ${directory} is not a directory.`, cause);
    }
    const why = WHY[code] ?? `it failed with ${code}`;
    throw new StreamsError('output-unwritable', `Cannot write to ${directory}: ${why}.`, cause);
  }
}
