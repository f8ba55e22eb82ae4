import type { Writable } from 'node:stream';
import { TERMINAL } from './ansi.ts';

/** A terminal taken over for as long as the view lives. */
export interface Screen {
  /** Shows a frame; only lines that changed are written. Skipped while the terminal is still busy with the last one. */
  readonly draw: (lines: readonly string[]) => void;
  /** Forgets what is on the screen, after a change of its size. */
  readonly forget: () => void;
  /** Gives the terminal back as it was. Safe to call twice. */
  readonly close: () => void;
}

/** Enters the alternate screen. It is left by `close`, and at the latest when the process exits. */
export function openScreen(out: Writable): Screen {
  let shown: readonly string[] = [];
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    process.off('exit', close);
    out.write(TERMINAL.leave);
  };
  process.once('exit', close);
  out.write(TERMINAL.enter);
  return {
    draw(lines) {
      if (closed || out.writableNeedDrain) return;
      const changes = difference(shown, lines);
      if (changes !== '') out.write(TERMINAL.beginFrame + changes + TERMINAL.endFrame);
      shown = [...lines];
    },
    forget() {
      if (closed) return;
      shown = [];
      out.write(TERMINAL.clearAll);
    },
    close,
  };
}

/** What turns one frame into the next. Erasing after the text, not before it, is what keeps it from flickering. */
function difference(shown: readonly string[], lines: readonly string[]): string {
  let changes = '';
  for (let row = 0; row < Math.max(shown.length, lines.length); row++) {
    const line = lines[row] ?? '';
    if (line !== shown[row]) changes += TERMINAL.line(row + 1) + line + TERMINAL.clearRest;
  }
  return changes;
}
