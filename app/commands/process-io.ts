import type { CommandIo } from './command.ts';
import { reportFailure } from './failure.ts';
import { main } from './main.ts';

/** Runs the command line of this process, and ends the process with its exit code. */
export async function runProcess(): Promise<never> {
  const io: CommandIo = { stdout: process.stdout, stderr: process.stderr, environment: process.env };
  let ended = 0;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Who reads the results has seen enough, as `head` does: that makes no success of a failure.
    process.exit(error.code === 'EPIPE' ? ended : reportFailure(error, io));
  });
  // Nobody is left to complain to.
  process.stderr.on('error', () => {});
  process.on('uncaughtException', (error) => process.exit(reportFailure(error, io)));
  ended = await main(process.argv.slice(2), io);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // An input that is still open, as a pipe that was not read to its end, must not keep the process.
  process.exit(ended);
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });
