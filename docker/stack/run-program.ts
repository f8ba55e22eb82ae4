import { spawn } from 'node:child_process';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';

/** How a program that ran to its end ended, with what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** No download and no tool takes longer. */
const WITHIN_MS = 600_000;

/**
 * Runs a program to its end, without a shell; one that takes longer than `withinMs` is ended, its code is then null.
 * Throws `tool-missing` when there is no such program; `for` says in that error what it is needed for.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: {
    readonly for: string;
    readonly cwd?: string;
    readonly stdin?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly withinMs?: number;
  },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: options.env ?? process.env });
    // Not the option of `spawn`: its timer lives on when the program is not found, and this process with it.
    const limit = setTimeout(() => child.kill(), options.withinMs ?? WITHIN_MS);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => {
      clearTimeout(limit);
      const missing = 'code' in error && error.code === 'ENOENT';
      reject(
        missing
          ? new StreamsError('tool-missing', `No ${program} here; it is needed for ${options.for}.`)
          : error,
      );
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, stderr });
    });
    // It may end without reading: that is told by its exit code, not by the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}

/** The same, and any end but 0 is `download-failed` with the last lines of what it wrote. */
export async function fetchWith(
  program: string,
  args: readonly string[],
  options: { readonly for: string; readonly cwd?: string },
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args, options);
  if (code === 0) return stdout;
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  throw new StreamsError(
    'download-failed',
    `${program} could not fetch ${options.for} (exit ${code}):\n${lines.slice(-8).join('\n')}\n`,
  );
}

/** What happened, in one line, for an error of which this one is a cause among others: that has a mend of its own. */
export const withoutMend = (error: Error): string =>
  (isStreamsError(error) ? error.message.replace(error.mend, '') : error.message)
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ');
