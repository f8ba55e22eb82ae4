import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from '../commands/command.ts';
import { httpSettings } from '../configuration/http.ts';
import { instanceSettings } from './instance-settings.ts';
import { faultsOfNames, runOptions } from './run-options.ts';

/**
 * `run`: works until it is told to stop. Resolves to the exit code.
 * @throws StreamsError `usage`, `configuration` with every fault, `topics-unfit`.
 */
export async function runCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = runOptions(args);
  const faults = faultsOfNames(options);
  const settings = instanceSettings(options, options.slots[0] ?? '', io.environment, faults);
  const http = httpSettings(io.environment, faults);
  if (faults.length > 0)
    throw new StreamsError(
      'configuration',
      `run cannot begin:\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
    );
  const { run } = await import('./run.ts');
  return run(settings, http, io);
}
