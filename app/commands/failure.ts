import { ERRORS, isStreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from './command.ts';

const NAME = 'sepsis-streams';

/** Tells on standard error what ended a command, and gives its exit code. A stack is shown with DEBUG only. */
export function reportFailure(error: unknown, io: Pick<CommandIo, 'stderr' | 'environment'>): number {
  const debug = (io.environment['DEBUG'] ?? '') !== '';
  if (isStreamsError(error)) {
    io.stderr.write(`${NAME}: ${debug ? stackOf(error) : error.message.trimEnd()}\n`);
    return ERRORS[error.code].exit;
  }
  // The message of an error that nobody foresaw may hold patient data, so it is shown on demand alone.
  const what = debug ? stackOf(error) : nameOf(error);
  io.stderr.write(
    `${NAME}: unexpected ${what}. This is a bug: please report it with what DEBUG=1 shows, after removing patient data.\n`,
  );
  return 1;
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? `${error.name} ${String(error.code)}` : error.name;
}
