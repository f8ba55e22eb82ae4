import { hostname } from 'node:os';
import { StreamsError } from '../../topology/model/errors.ts';
import { parseOptions } from '../commands/options.ts';

export interface EhrOptions {
  /** Name of the application; the group of the sink is that with `-ehr` behind it. */
  readonly application: string;
  readonly slot: string;
  /** Goes on where records were deleted before they were read. */
  readonly from: 'earliest' | undefined;
  readonly dryRun: boolean;
}

/** @throws StreamsError `usage`. */
export function ehrOptions(args: readonly string[]): EhrOptions {
  const { values, positionals } = parseOptions(args, {
    slot: { type: 'string', default: hostname() },
    application: { type: 'string', default: 'sepsis-streams' },
    from: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  });
  const [unwanted] = positionals;
  if (unwanted !== undefined) throw new StreamsError('usage', `ehr takes no argument ${unwanted}.`);
  const { slot, application, from } = values;
  if (from !== undefined && from !== 'earliest')
    throw new StreamsError('usage', `--from ${from} is unknown; it is earliest, or left away.`);
  return { application, slot, from, dryRun: values['dry-run'] };
}
