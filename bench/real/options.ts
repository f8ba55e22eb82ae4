import { parseArgs } from 'node:util';
import { StreamsError } from '../../topology/model/errors.ts';

/** Those of the figures in the README, where nothing else is said. */
export const USUAL_PARTITIONS = 12;

/** Sizes of a run; the defaults are those of the figures in the README. */
export interface RealOptions {
  /** Names of the scenarios to run; none: all. */
  readonly scenarios: readonly string[];
  /** Records of a drain, and of a poison run. */
  readonly records: number;
  readonly patients: number;
  /** Patients in state for restart and memory. */
  readonly held: number;
  readonly repetitions: number;
  /** Of each topic. */
  readonly partitions: number;
  /** Of measured load, after the warm-up. */
  readonly seconds: number;
  /** Records per second of the latency scenario. */
  readonly rates: readonly number[];
  /** Folder of a stack that is used, and left up; without it one is started and ended. */
  readonly data: string | undefined;
  /** Another checkout: its workers take turns with those of this one. */
  readonly against: string | undefined;
  /** Of the workers, both checkouts' alike: that of the image, where it can be had, or the system's. */
  readonly allocator: 'jemalloc' | 'system';
  /** Prints what was measured and keeps nothing. */
  readonly trial: boolean;
}

export const REAL_HELP = `npm run bench -- real [SCENARIO...] [OPTIONS]

The topology on a real Kafka, Redis and Schema Registry, which it starts and ends.
Scenarios: drain latency page-latency restart recovery poison; only when named: peer profile

  --records N       records of a drain (1000000)
  --patients N      patients that they are of (2000)
  --held N          patients in state for restart (100000)
  --repetitions N   (3)
  --partitions N    of each topic (12)
  --seconds N       of load in the latency scenarios (60)
  --rates N,N       records per second of the latency scenario (500,2000)
  --data DIR        uses the stack of this folder and leaves it up (npm run stack -- up --data DIR)
  --against DIR     a checkout of another version; its workers take turns with these
  --allocator system
                    the workers run under the system's allocator, and not under that of the image
  --try             prints the figures and keeps nothing
`;

/** Another number of partitions is another scenario: its figures stand beside the usual ones. */
export const titleOf = ({ title }: { readonly title: string }, { partitions }: RealOptions): string =>
  partitions === USUAL_PARTITIONS ? title : `${title}, ${partitions} partitions`;

/** @throws StreamsError `usage`. */
export function realOptions(args: readonly string[]): RealOptions {
  const { values, positionals } = parsed(args);
  const count = (name: string, text: string): number => {
    const n = Number(text);
    if (!Number.isSafeInteger(n) || n < 1)
      throw new StreamsError('usage', `--${name} is ${text}: give a whole number of 1 or more.`);
    return n;
  };
  const { allocator } = values;
  if (allocator !== 'jemalloc' && allocator !== 'system')
    throw new StreamsError('usage', `--allocator is jemalloc or system, not ${allocator}.`);
  return {
    scenarios: positionals,
    records: count('records', values.records),
    patients: count('patients', values.patients),
    held: count('held', values.held),
    repetitions: count('repetitions', values.repetitions),
    partitions: count('partitions', values.partitions),
    seconds: count('seconds', values.seconds),
    rates: values.rates.split(',').map((rate) => count('rates', rate)),
    data: values.data,
    against: values.against,
    allocator,
    trial: values.try,
  };
}

const OPTIONS = {
  records: { type: 'string', default: '1000000' },
  patients: { type: 'string', default: '2000' },
  held: { type: 'string', default: '100000' },
  repetitions: { type: 'string', default: '3' },
  partitions: { type: 'string', default: String(USUAL_PARTITIONS) },
  seconds: { type: 'string', default: '60' },
  rates: { type: 'string', default: '500,2000' },
  data: { type: 'string' },
  against: { type: 'string' },
  allocator: { type: 'string', default: 'jemalloc' },
  try: { type: 'boolean', default: false },
} as const;

const read = (args: readonly string[]) =>
  parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });

function parsed(args: readonly string[]): ReturnType<typeof read> {
  try {
    return read(args);
  } catch (error) {
    // The first sentence; the others explain what to do about a name that begins with a hyphen.
    const what = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new StreamsError('usage', `${what}.`, error);
  }
}
