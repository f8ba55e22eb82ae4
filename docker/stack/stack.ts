import { ERRORS, isStreamsError } from '../../topology/model/errors.ts';
import { HELP, readArguments } from './arguments.ts';
import { down, type Output, status, up } from './stack-commands.ts';

const output: Output = {
  result: (line) => process.stdout.write(`${line}\n`),
  progress: (line) => process.stderr.write(`stack: ${line}\n`),
};

/** Runs the command; gives its exit code. */
async function stack(argv: readonly string[]): Promise<number> {
  const asked = readArguments(argv);
  switch (asked.command) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'up':
      await up(asked, output);
      return 0;
    case 'down':
      await down(asked, output);
      return 0;
    case 'status':
      return (await status(asked, output)) ? 0 : 4;
  }
}

try {
  process.exitCode = await stack(process.argv.slice(2));
} catch (error) {
  // A known fault says what to do; the trace of any other is for whoever mends it.
  const known = isStreamsError(error);
  const text = known ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`stack: ${text}\n`);
  process.exitCode = known ? ERRORS[error.code].exit : 1;
}
