import { statSync } from 'node:fs';
import type { FeedStatistics } from '../../connectors/files/feed-statistics.ts';
import type { CommandIo } from '../commands/command.ts';
import { lookOf } from '../console/look.ts';
import { progressOn } from '../console/progress.ts';

export interface PublishProgress {
  /** Draws how far the input is read. */
  readonly note: (input: FeedStatistics) => void;
  /** Takes the bar away until it is drawn again. */
  readonly clear: () => void;
}

/** A bar of how far the files are read, on a terminal. */
export function publishProgress(io: CommandIo, files: readonly string[]): PublishProgress {
  const look = lookOf(io.environment, io.stderr.isTTY === true);
  const bar = progressOn(io.stderr, { label: 'publish', total: sizeOf(files), look });
  return {
    note: (input) => bar.update(input.files.reduce((sum, { bytesRead }) => sum + bytesRead, 0)),
    clear: () => bar.end(),
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
