import type { Writable } from 'node:stream';
import type { ProgressStream } from '../console/progress.ts';

/** Where a command writes, and what it is told by its surroundings. */
export interface CommandIo {
  /** Results. */
  readonly stdout: Writable;
  /** Progress and errors. */
  readonly stderr: ProgressStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A command of the command line. */
export interface Command {
  readonly name: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** What `--help` prints, ending in a line feed. */
  readonly help: () => Promise<string>;
  /** Resolves to the exit code. @throws StreamsError, whose code says the exit code. */
  readonly run: (args: readonly string[], io: CommandIo) => Promise<number>;
}
