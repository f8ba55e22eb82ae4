import { StreamsError } from '../../topology/model/errors.ts';
import { parseOptions, wholeNumber } from '../commands/options.ts';

/** What the command line asks of the demonstration. */
export interface StartOptions {
  readonly help: boolean;
  /** End by itself after `hours` of ward time. */
  readonly once: boolean;
  readonly seed: number;
  readonly patients: number;
  /** Hours of ward time in which rounds are made; Infinity without `once`. */
  readonly hours: number;
  /** Simulated seconds in a real second. */
  readonly speed: number;
}

/** The last late messages of a ward arrive up to this long after its last round. */
const TAIL_HOURS = 3;
/** Real seconds that a run with `--once` takes when no speed is given. */
const ONCE_SECONDS = 30;
/** A quarter of an hour in a second: the first alerts within ten seconds, and still slow enough to read. */
const LIVE_SPEED = 900;

export const START_HELP: string = `sepsis-streams start: the demonstration, with no configuration and no Kafka

  A synthetic ward sends FHIR through the sepsis topology on an in-memory Kafka in this process, faster
  than time. On a terminal it shows who meets qSOFA criteria and why; elsewhere it writes a line for
  each alert and each page: of an onset and of each rise of the score, without the policy of docs/paging.md.

  npm start [-- OPTIONS]
  npx sepsis-streams start [OPTIONS]

  --once         end by itself with a summary, after at most about ${ONCE_SECONDS} seconds
  --hours N      with --once: hours of ward time, up to 168 (default 12)
  --seed N       another ward; the same number always gives the same one (default 1)
  --patients N   beds, 1 to 500, all of them taken (default 24)
  --speed N      seconds of ward time in each real second, 1 to 100000
                 (default ${LIVE_SPEED}; with --once more where it takes more to end in ${ONCE_SECONDS} seconds)
  --help         this text

  With HTTP_PORT set it serves /livez, /readyz and /metrics there, as \`run\` does; else nothing listens.
  With KAFKA_BOOTSTRAP_SERVERS set it is \`run\` and no demonstration: see run --help.

  Ctrl-C ends it with a summary; a second Ctrl-C does not wait for that. NO_COLOR turns colours off.
  Exit codes: 0 done, 1 a bug, 2 wrong usage or configuration, 4 HTTP_PORT cannot be had,
  5 stopped by a second Ctrl-C.
  It screens; it does not diagnose. Not a medical device.
`;

/**
 * Reads the command line.
 * @throws StreamsError `usage`, in one line that names the option and what it takes.
 */
export function startOptions(args: readonly string[]): StartOptions {
  const { values, positionals } = parseOptions(args, {
    help: { type: 'boolean', short: 'h', default: false },
    once: { type: 'boolean', default: false },
    hours: { type: 'string' },
    seed: { type: 'string', default: '1' },
    patients: { type: 'string', default: '24' },
    speed: { type: 'string' },
  });
  const [unwanted] = positionals;
  if (unwanted !== undefined) throw new StreamsError('usage', `start takes no argument ${unwanted}.`);
  const { help, once, seed, patients, speed } = values;
  if (values.hours !== undefined && !once) {
    throw new StreamsError('usage', '--hours needs --once: without it the ward goes on until Ctrl-C.');
  }
  const hours = once ? wholeNumber('--hours', values.hours ?? '12', 1, 168) : Number.POSITIVE_INFINITY;
  const usual = once ? Math.max(LIVE_SPEED, ((hours + TAIL_HOURS) * 3_600) / ONCE_SECONDS) : LIVE_SPEED;
  return {
    help,
    once,
    hours,
    seed: wholeNumber('--seed', seed, 0, 2 ** 32 - 1),
    patients: wholeNumber('--patients', patients, 1, 500),
    speed: speed === undefined ? usual : wholeNumber('--speed', speed, 1, 100_000),
  };
}
