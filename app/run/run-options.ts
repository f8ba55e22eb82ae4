import { hostname } from 'node:os';
import type { TriggerSemantic } from '../../operators/clinical/qsofa.ts';
import { LATENESS } from '../../operators/score-patient.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { type Duration, minutes, seconds } from '../../topology/model/time.ts';
import type { LostInput } from '../../topology/runtime/beginnings.ts';
import { oneOf, parseOptions, wholeNumber } from '../commands/options.ts';
import { baseFrom, durationFrom, SEMANTICS } from '../commands/screening-options.ts';

/** What the command line says, as plain data that another thread can be given. */
export interface RunOptions {
  readonly application: string;
  /** Of each instance. */
  readonly slots: readonly string[];
  readonly afterClose: 'leave' | 'remain';
  readonly lostInput: LostInput;
  readonly stallAfter: Duration;
  readonly sessionTimeout: Duration;
  readonly screening: {
    readonly semantic: TriggerSemantic;
    readonly lateness: Duration;
    readonly base: string | undefined;
    /** File of Patient resources. */
    readonly patients: string | undefined;
  };
}

/** A partition is the least that a worker can have. */
const MOST_WORKERS = 256;
const LEAST_STALL: Duration = seconds(1);
/** What brokers grant unless told otherwise (`group.min.session.timeout.ms`, `group.max.session.timeout.ms`). */
const SESSION = { least: seconds(6), most: minutes(30) };

/** @throws StreamsError `usage`, or `configuration` for names that cannot be used. */
export function runOptions(args: readonly string[]): RunOptions {
  const { values, positionals } = parseOptions(args, {
    slot: { type: 'string', default: hostname() },
    workers: { type: 'string', default: '1' },
    application: { type: 'string', default: 'sepsis-streams' },
    leave: { type: 'boolean', default: false },
    from: { type: 'string' },
    'stall-after': { type: 'string' },
    'session-timeout': { type: 'string' },
    rule: { type: 'string', default: 'any' },
    lateness: { type: 'string' },
    base: { type: 'string' },
    patients: { type: 'string' },
  });
  const [unwanted] = positionals;
  if (unwanted !== undefined) throw new StreamsError('usage', `run takes no argument ${unwanted}.`);
  if (values.from !== undefined && values.from !== 'earliest')
    throw new StreamsError('usage', `--from ${values.from} is unknown; it is earliest, or left away.`);
  const { slot, application } = values;
  const stallAfter = durationFrom('--stall-after', values['stall-after'] ?? '60s');
  if (stallAfter < LEAST_STALL)
    throw new StreamsError('usage', `--stall-after ${values['stall-after']} is less than a second.`);
  const sessionTimeout = durationFrom('--session-timeout', values['session-timeout'] ?? '6s');
  if (sessionTimeout < SESSION.least || sessionTimeout > SESSION.most)
    throw new StreamsError('usage', `--session-timeout ${values['session-timeout']} is not from 6s to 30m.`);
  return {
    application,
    slots: slotsOf(slot, wholeNumber('--workers', values.workers, 1, MOST_WORKERS)),
    afterClose: values.leave ? 'leave' : 'remain',
    lostInput: values.from ?? 'refuse',
    stallAfter,
    sessionTimeout,
    screening: {
      semantic: oneOf('--rule', values.rule, SEMANTICS),
      lateness: values.lateness === undefined ? LATENESS : durationFrom('--lateness', values.lateness),
      base: values.base === undefined ? undefined : baseFrom(values.base),
      patients: values.patients,
    },
  };
}

/** Slot names: the one alone, or one per worker behind it. */
export const slotsOf = (slot: string, workers: number): readonly string[] =>
  workers === 1 ? [slot] : Array.from({ length: workers }, (_, i) => `${slot}-${i}`);

/** What is wrong with names that become names in Kafka and in Redis. */
export function faultsOfNames({ application, slots }: RunOptions): string[] {
  const named = [['--application', application] as const, ['--slot', slots[0] ?? ''] as const];
  return named.flatMap(([option, name]) =>
    /^[\w.-]{1,100}$/.test(name)
      ? []
      : [`${option} is ${name}: use letters, digits, dot, dash and underscore.`],
  );
}
