import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { OutputDirectory } from './output-directory.ts';

interface Entry {
  readonly fileIndex: number;
  readonly offset: number;
  readonly line: string;
}

/** Lines held before they are sorted and put aside. */
const RUN_LINES = 100_000;
const READ_BYTES = 1 << 16;

/**
 * Sorts any number of lines by file and offset in bounded memory: sorted runs are put aside in files and merged at the
 * end. Lines of one place stay in the order in which they came.
 */
export class SortedLines {
  readonly #output: OutputDirectory;
  readonly #name: string;
  readonly #runLines: number;
  readonly #runs: string[] = [];
  #entries: Entry[] = [];

  constructor(output: OutputDirectory, name: string, runLines: number = RUN_LINES) {
    this.#output = output;
    this.#name = name;
    this.#runLines = runLines;
  }

  add(fileIndex: number, offset: number, line: string): void {
    this.#entries.push({ fileIndex, offset, line });
    if (this.#entries.length >= this.#runLines) this.#putAside();
  }

  /** All lines in order; to be read once, after the last `add`. */
  *lines(): Generator<string> {
    this.#entries.sort(inOrder);
    const heads = [...this.#runs.map(entriesOf), this.#entries.values()].map((rest) => ({
      rest,
      next: rest.next(),
    }));
    for (;;) {
      let least: { readonly head: (typeof heads)[number]; readonly entry: Entry } | undefined;
      for (const head of heads) {
        if (head.next.done === true) continue;
        const entry = head.next.value;
        if (least === undefined || inOrder(entry, least.entry) < 0) least = { head, entry };
      }
      if (least === undefined) return;
      yield least.entry.line;
      least.head.next = least.head.rest.next();
    }
  }

  #putAside(): void {
    const file = this.#output.scratch(`${this.#name}-${this.#runs.length}`);
    for (const { fileIndex, offset, line } of this.#entries.sort(inOrder)) {
      this.#output.add(file, `${fileIndex} ${offset} ${line}`);
    }
    this.#output.close(file);
    this.#runs.push(file.path);
    this.#entries = [];
  }
}

const inOrder = (a: Entry, b: Entry): number => a.fileIndex - b.fileIndex || a.offset - b.offset;

function* entriesOf(path: string): Generator<Entry, undefined> {
  for (const text of linesOf(path)) {
    const first = text.indexOf(' ');
    const second = text.indexOf(' ', first + 1);
    yield {
      fileIndex: Number(text.slice(0, first)),
      offset: Number(text.slice(first + 1, second)),
      line: text.slice(second + 1),
    };
  }
}

function* linesOf(path: string): Generator<string> {
  const descriptor = openSync(path, 'r');
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let tail = '';
  try {
    for (;;) {
      const length = readSync(descriptor, buffer);
      if (length === 0) return;
      const lines = (tail + decoder.write(buffer.subarray(0, length))).split('\n');
      tail = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    closeSync(descriptor);
  }
}
