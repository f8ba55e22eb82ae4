import { hostname } from 'node:os';
import type { From } from '../../connectors/sink/beginning.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { durationOf } from '../../topology/model/time.ts';
import { parseOptions } from '../commands/options.ts';

export interface PagerDutyOptions {
  /** Name of the application; the group of the sink is that with `-pagerduty` behind it. */
  readonly application: string;
  readonly slot: string;
  readonly from: From | undefined;
  readonly dryRun: boolean;
}

/** `now` in epoch milliseconds, for times that are ago. @throws StreamsError `usage`. */
export function pagerDutyOptions(args: readonly string[], now: number): PagerDutyOptions {
  const { values, positionals } = parseOptions(args, {
    slot: { type: 'string', default: hostname() },
    application: { type: 'string', default: 'sepsis-streams' },
    from: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  });
  const [unwanted] = positionals;
  if (unwanted !== undefined) throw new StreamsError('usage', `pagerduty takes no argument ${unwanted}.`);
  const { slot, application, from } = values;
  return {
    application,
    slot,
    from: from === undefined ? undefined : fromOf(from, now),
    dryRun: values['dry-run'],
  };
}

function fromOf(text: string, now: number): From {
  if (text === 'earliest') return text;
  if (/^\d{1,15}$/.test(text)) return { offset: Number(text) };
  const ago = durationOf(text);
  if (ago !== null && Number.isFinite(ago)) return { time: now - ago };
  const time = /^\d{4}-\d\d-\d\d(?:T.+)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return { time };
  throw new StreamsError(
    'usage',
    `--from ${text} is no place in the log: give earliest, an offset, a time (2026-01-05T10:00:00Z) or how long ago (6h).`,
  );
}
