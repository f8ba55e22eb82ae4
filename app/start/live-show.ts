import type { Look } from '../console/look.ts';
import { renderWard, type Size } from '../console/render-ward.ts';
import { openScreen } from '../console/screen.ts';
import type { PageView } from '../console/ward-view.ts';
import type { Output } from './io.ts';
import type { Pace } from './pace.ts';
import type { Show } from './show.ts';
import { wardViewOf } from './ward-view-of.ts';

export interface LiveShowOptions {
  readonly out: Output;
  readonly look: Look;
  readonly speed: number;
  readonly pace: Pace;
}

/** A few frames a second are enough for the eye. */
const FRAME_MS = 250;
/** A frame of a big ward takes time: at most a quarter of all time goes into frames. */
const REST = 4;
/** More than any terminal has lines for. */
const PAGES = 64;

/** The live view on a terminal, which it takes over until `close`. */
export function liveShow({ out, look, speed, pace }: LiveShowOptions): Show {
  const screen = openScreen(out);
  const pages: PageView[] = [];
  let next = Number.NEGATIVE_INFINITY;
  const resized = (): void => {
    screen.forget();
    next = Number.NEGATIVE_INFINITY;
  };
  out.on('resize', resized);
  return {
    alert: () => {},
    page: (page) => {
      pages.push(page);
      if (pages.length > PAGES) pages.shift();
    },
    step: (run) => {
      const began = pace.now();
      if (began < next) return;
      screen.draw(renderWard(wardViewOf(run, speed, pages), sizeOf(out), look));
      const ended = pace.now();
      next = ended + Math.max(FRAME_MS, REST * (ended - began));
    },
    close: () => {
      out.off('resize', resized);
      screen.close();
    },
  };
}

/**
 * A terminal that does not know its size says 0 or nothing. The last column stays free: what clears the rest of a
 * line would take the last character of a full one.
 */
const sizeOf = ({ columns, rows }: Output): Size => ({ columns: (columns || 80) - 1, rows: rows || 24 });
