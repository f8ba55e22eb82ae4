import type { CommandIo } from './command.ts';
import { reportFailure } from './failure.ts';
import { main } from './main.ts';

/** Runs the command line of this process, and ends the process with its exit code. */
export async function runProcess(): Promise<never> {
  const io: CommandIo = { stdout: process.stdout, stderr: process.stderr, environment: process.env };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Who reads the results has seen enough, as `head` does.
    process.exit(error.code === 'EPIPE' ? 0 : reportFailure(error, io));
  });
  // Nobody is left to complain to.
  process.stderr.on('error', () => {});
  process.on('uncaughtException', (error) => process.exit(reportFailure(error, io)));
  const code = await main(process.argv.slice(2), io);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // An input that is still open, as a pipe that was not read to its end, must not keep the process.
  process.exit(code);
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });
