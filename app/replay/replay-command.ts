import type { CommandIo } from '../commands/command.ts';
import { renderReplaySummary } from '../console/replay-summary.ts';
import { replay } from './replay.ts';
import { replayOptions } from './replay-options.ts';
import { replayProgress } from './replay-progress.ts';

/**
 * `replay FILE...`: screens recorded FHIR, writes the results, and prints a summary. Resolves to the exit code 0.
 * @throws StreamsError, whose code says the exit code.
 */
export async function replayCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = replayOptions(args);
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  // A second signal finds no listener and ends the process as always.
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const progress = replayProgress(io, options.files, options.order !== 'as-is');
  try {
    const summary = await replay(options, { signal: stopping.signal, progress: progress.note });
    progress.end();
    const lines = renderReplaySummary(summary);
    if (options.out !== undefined) lines.push(`Results in ${options.out}`);
    io.stdout.write(`${lines.join('\n')}\n`);
    return 0;
  } finally {
    progress.end();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
