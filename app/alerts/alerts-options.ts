import { StreamsError } from '../../topology/model/errors.ts';
import { type Duration, durationOf, unlimited } from '../../topology/model/time.ts';
import { parseOptions } from '../commands/options.ts';

export interface AlertsOptions {
  /** Waits for more at the end of the topic. */
  readonly follow: boolean;
  /** The whole reference of a patient, or how it ends. */
  readonly patient: string | undefined;
  /** What was written longer ago is passed over; unlimited: nothing is. */
  readonly ago: Duration;
  readonly json: boolean;
}

/** @throws StreamsError `usage`. */
export function alertsOptions(args: readonly string[]): AlertsOptions {
  const { values, positionals } = parseOptions(args, {
    follow: { type: 'boolean', default: false },
    patient: { type: 'string' },
    from: { type: 'string', default: 'earliest' },
    json: { type: 'boolean', default: false },
  });
  const [unwanted] = positionals;
  if (unwanted !== undefined) throw new StreamsError('usage', `alerts takes no argument ${unwanted}.`);
  const { follow, patient, from, json } = values;
  if (patient === '') throw new StreamsError('usage', '--patient needs the reference of a patient.');
  const ago = from === 'earliest' ? unlimited : durationOf(from);
  if (ago === null)
    throw new StreamsError(
      'usage',
      `--from ${from} is unknown; it is earliest, or how far back: 90s, 15m, 24h, 7d.`,
    );
  return { follow, patient, ago, json };
}
