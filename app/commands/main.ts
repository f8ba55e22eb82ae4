import { readFileSync } from 'node:fs';
import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from './command.ts';
import { COMMANDS } from './commands.ts';
import { reportFailure } from './failure.ts';
import { helpText } from './help.ts';

/** Runs one command line, without the name of the program. Resolves to its exit code; never rejects. */
export async function main(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    return reportFailure(error, io);
  }
}

async function dispatch([name, ...args]: readonly string[], io: CommandIo): Promise<number> {
  if (name === undefined) {
    io.stderr.write(helpText(COMMANDS));
    return 2;
  }
  if (name === '--version' || name === '-v' || name === 'version') {
    io.stdout.write(`${version()}\n`);
    return 0;
  }
  if (name === '--help' || name === '-h') {
    io.stdout.write(helpText(COMMANDS));
    return 0;
  }
  if (name === 'help') {
    io.stdout.write(args[0] === undefined ? helpText(COMMANDS) : await commandNamed(args[0]).help());
    return 0;
  }
  const command = commandNamed(name);
  if (asksForHelp(args)) {
    io.stdout.write(await command.help());
    return 0;
  }
  return command.run(args, io);
}

function commandNamed(name: string): (typeof COMMANDS)[number] {
  const command = COMMANDS.find((one) => one.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((one) => one.name).join(', ');
  throw new StreamsError('usage', `There is no command ${name}; there are ${names} and help.`);
}

/** Behind `--` an argument is a file, whatever it looks like. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}
