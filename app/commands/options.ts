import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { StreamsError } from '../../topology/model/errors.ts';

type Parsed<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/**
 * Reads the arguments of a command: its options, and what is left.
 * @throws StreamsError `usage`: an unknown option, a value that is missing or not wanted. One line.
 */
export function parseOptions<const T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
): Parsed<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    if (
      !(cause instanceof Error) ||
      !('code' in cause) ||
      !String(cause.code).startsWith('ERR_PARSE_ARGS_')
    ) {
      throw cause;
    }
    throw new StreamsError('usage', sentenceOf(cause.message), cause);
  }
}

/** What Node says in one sentence; what it adds after the first is about its own way of writing options. */
function sentenceOf(message: string): string {
  const option = /^Option '(--[^' ]+).*argument (?:missing|is ambiguous)/.exec(message)?.[1];
  if (option !== undefined) return `${option} needs a value (one that begins with a dash: ${option}=VALUE).`;
  const [what = ''] = message.split(/\.?\n|\. /);
  return `${what}.`;
}

/** @throws StreamsError `usage`, naming the choices. */
export function oneOf<T extends string>(option: string, given: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === given);
  if (choice !== undefined) return choice;
  const last = choices.at(-1) ?? '';
  const rest = choices.slice(0, -1).join(', ');
  throw new StreamsError('usage', `${option} ${given} is unknown; it is ${rest} or ${last}.`);
}

/** @throws StreamsError `usage`, naming the range. */
export function wholeNumber(option: string, given: string, least: number, most: number): number {
  const n = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (n >= least && n <= most) return n;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new StreamsError('usage', `${option} ${given} is no whole number ${range}.`);
}
