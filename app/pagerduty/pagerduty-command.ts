import { systemClock } from '../../connectors/memory/clocks.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from '../commands/command.ts';
import { httpSettings } from '../configuration/http.ts';
import { driverIn, kafkaSettings } from '../configuration/kafka.ts';
import { pagerDutySettings } from '../configuration/pagerduty.ts';
import { pseudonymSecretIn } from '../configuration/pseudonym.ts';
import { registrySettings } from '../configuration/registry.ts';
import { faultsOfNames } from '../sinks/faults-of-names.ts';
import { pagerDutyOptions } from './pagerduty-options.ts';
import type { PagingSettings } from './pagerduty-settings.ts';

/**
 * `pagerduty`: works until it is told to stop. Resolves to the exit code.
 * @throws StreamsError `usage`, `configuration` with every fault; what Kafka or the registry refuses.
 */
export async function pagerDutyCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = pagerDutyOptions(args, systemClock.now());
  const { environment } = io;
  const faults = faultsOfNames(options);
  const settings: PagingSettings = {
    options,
    kafka: kafkaSettings(environment, `${options.application}-pagerduty-${options.slot}`, faults),
    driver: driverIn(environment, faults),
    registry: registrySettings(environment, faults),
    http: httpSettings(environment, faults),
    pagerDuty: pagerDutySettings(environment, faults),
    pseudonymSecret: pseudonymSecretIn(environment, faults),
  };
  if (faults.length > 0)
    throw new StreamsError(
      'configuration',
      `pagerduty cannot begin:\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
    );
  if (options.dryRun) return (await import('./print-dry-run.ts')).printDryRun(settings, io);
  return (await import('./page.ts')).page(settings, io);
}
