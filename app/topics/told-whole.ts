import type { CommandIo } from '../commands/command.ts';

/**
 * Does work in several steps, and prints their lines when it is over, also where it fails in the middle. Whoever reads may have seen enough
 * after the first line, as `grep -q` has, and that ends the process: not before all is done.
 */
export async function toldWhole(
  { stdout }: Pick<CommandIo, 'stdout'>,
  work: (say: (line: string) => void) => Promise<void>,
): Promise<void> {
  const lines: string[] = [];
  try {
    await work((line) => lines.push(line));
  } finally {
    if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
  }
}
