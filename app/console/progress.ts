import type { Writable } from 'node:stream';
import type { Look } from './look.ts';
import { overwriting, progressLine } from './progress-line.ts';

/** Where progress is shown: standard error, as Node gives it. */
export type ProgressStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface ProgressOptions {
  readonly label: string;
  /** Bytes; null when not known. */
  readonly total: number | null;
  readonly look: Look;
  /** Milliseconds of a clock that never goes back. */
  readonly clock?: () => number;
}

export interface Progress {
  /** Bytes done so far, in all. */
  readonly update: (done: number) => void;
  /** Clears the line, so that results start on an empty one. */
  readonly end: () => void;
}

/** Ten lines a second are enough for the eye, and cost the work nothing. */
const REDRAW_MS = 100;

/** A progress bar on a terminal; nothing at all elsewhere. */
export function progressOn(out: ProgressStream, options: ProgressOptions): Progress {
  if (out.isTTY !== true) return { update: () => {}, end: () => {} };
  const { label, total, look, clock = (): number => performance.now() } = options;
  const begin = clock();
  let drawn = -Infinity;
  const columns = (): number => out.columns ?? 80;
  return {
    update(done) {
      const now = clock();
      if (now - drawn < REDRAW_MS || out.writableNeedDrain) return;
      drawn = now;
      // One column stays free: a full line would wrap on some terminals.
      const line = progressLine({ label, done, total, elapsedMs: now - begin }, columns() - 1, look);
      out.write(overwriting(line, columns()));
    },
    end() {
      if (drawn > -Infinity) out.write(`${overwriting('', columns())}\r`);
      drawn = -Infinity;
    },
  };
}
