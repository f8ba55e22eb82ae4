import type { FeedOrder } from '../../connectors/files/feed.ts';
import type { TriggerSemantic } from '../../operators/clinical/qsofa.ts';
import { LATENESS } from '../../operators/score-patient.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { Duration } from '../../topology/model/time.ts';
import { oneOf, parseOptions, wholeNumber } from '../commands/options.ts';
import { baseFrom, durationFrom, SEMANTICS } from '../commands/screening-options.ts';

/** What a replay is asked to do. */
export interface ReplayOptions {
  /** At least one; `-` is standard input. */
  readonly files: readonly string[];
  /** Undefined: only the summary. */
  readonly out: string | undefined;
  readonly semantic: TriggerSemantic;
  readonly order: FeedOrder;
  readonly seed: number;
  readonly lateness: Duration;
  /** File of Patient resources. */
  readonly patients: string | undefined;
  /** Without a slash at its end. */
  readonly base: string | undefined;
  readonly explain: boolean;
  readonly partitions: number;
  readonly instances: number;
}

const ORDERS: readonly FeedOrder[] = ['as-is', 'event-time', 'reversed', 'shuffled'];

/** @throws StreamsError `usage` */
export function replayOptions(args: readonly string[]): ReplayOptions {
  const { values, positionals: files } = parseOptions(args, {
    out: { type: 'string' },
    rule: { type: 'string', default: 'any' },
    order: { type: 'string', default: 'as-is' },
    seed: { type: 'string', default: '0' },
    lateness: { type: 'string' },
    patients: { type: 'string' },
    base: { type: 'string' },
    explain: { type: 'boolean', default: false },
    partitions: { type: 'string', default: '4' },
    instances: { type: 'string', default: '2' },
  });
  if (files.length === 0)
    throw new StreamsError('usage', 'replay needs at least one FILE (- for standard input).');
  if (files.includes('')) throw new StreamsError('usage', 'A FILE has an empty name.');
  if ([...files, values.patients].filter((file) => file === '-').length > 1) {
    throw new StreamsError('usage', 'Standard input (-) can be read once only.');
  }
  if (values.explain && values.out === undefined) {
    throw new StreamsError('usage', '--explain writes files, so it needs --out DIR.');
  }
  if (values.out === '') throw new StreamsError('usage', '--out needs the name of a directory.');
  return {
    files,
    out: values.out,
    semantic: oneOf('--rule', values.rule, SEMANTICS),
    order: oneOf('--order', values.order, ORDERS),
    seed: wholeNumber('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    lateness: values.lateness === undefined ? LATENESS : durationFrom('--lateness', values.lateness),
    patients: values.patients,
    base: values.base === undefined ? undefined : baseFrom(values.base),
    explain: values.explain,
    partitions: wholeNumber('--partitions', values.partitions, 1, 256),
    instances: wholeNumber('--instances', values.instances, 1, 64),
  };
}
