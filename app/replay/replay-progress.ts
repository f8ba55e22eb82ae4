import { statSync } from 'node:fs';
import type { FeedStatistics } from '../../connectors/files/feed-statistics.ts';
import type { CommandIo } from '../commands/command.ts';
import { lookOf } from '../console/look.ts';
import { progressOn } from '../console/progress.ts';

export interface ReplayProgress {
  /** Tells how many of the records are screened. */
  readonly note: (input: FeedStatistics, screened: number) => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

const REDRAW_MS = 100;

/** A bar of how far the input is read. An order that holds the whole input is half done when all is read. */
export function replayProgress(io: CommandIo, files: readonly string[], holds: boolean): ReplayProgress {
  const look = lookOf(io.environment, io.stderr.isTTY === true);
  const bar = progressOn(io.stderr, { label: 'replay', total: sizeOf(files), look });
  let draw = (): void => {};
  // Reading an input that is held takes long without a word from it.
  const timer = setInterval(() => draw(), REDRAW_MS);
  timer.unref();
  return {
    note(input, screened) {
      draw = () => {
        const read = input.files.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
        const share = input.records === 0 ? 0 : screened / input.records;
        bar.update(holds ? (read * (1 + share)) / 2 : read);
      };
      draw();
    },
    end() {
      clearInterval(timer);
      bar.end();
    },
  };
}

/** Bytes of all files; null when one of them does not say. */
function sizeOf(files: readonly string[]): number | null {
  let bytes = 0;
  for (const file of files) {
    const status = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
    if (status?.isFile() !== true) return null;
    bytes += status.size;
  }
  return bytes;
}
