import { StreamsError } from '../topology/model/errors.ts';
import { REAL_HELP } from './real/options.ts';

/** What is to be measured, or the text that is asked for. */
export type Asked =
  | { readonly what: 'memory'; readonly quick: boolean }
  | { readonly what: 'real'; readonly args: readonly string[] }
  | { readonly what: 'help'; readonly text: string };

export const HELP = `npm run bench                the topology in memory, about ten minutes; writes bench/results/, bench/README.md
npm run bench -- quick       the same without a million patients
npm run bench -- real ...    on a real Kafka, about an hour; npm run bench -- real --help
`;

const isHelp = (word: string): boolean => word === '--help' || word === '-h';

/** @throws StreamsError `usage`: a word that nobody knows must not begin ten minutes that end in other results. */
export function benchArguments(argv: readonly string[]): Asked {
  const [what, ...rest] = argv;
  if (what === 'real') return rest.some(isHelp) ? { what: 'help', text: REAL_HELP } : { what, args: rest };
  if (argv.some(isHelp)) return { what: 'help', text: HELP };
  if (what === undefined) return { what: 'memory', quick: false };
  if (what === 'quick' && rest.length === 0) return { what: 'memory', quick: true };
  throw new StreamsError('usage', `The bench does not know ${argv.join(' ')}.\n${HELP}`);
}
