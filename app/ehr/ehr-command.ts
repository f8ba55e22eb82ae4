import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from '../commands/command.ts';
import { fhirSettings } from '../configuration/fhir.ts';
import { httpSettings } from '../configuration/http.ts';
import { driverIn, kafkaSettings } from '../configuration/kafka.ts';
import { pseudonymSecretIn } from '../configuration/pseudonym.ts';
import { registrySettings } from '../configuration/registry.ts';
import { faultsOfNames } from '../sinks/faults-of-names.ts';
import { ehrOptions } from './ehr-options.ts';
import type { EhrSettings } from './ehr-settings.ts';

/**
 * `ehr`: works until it is told to stop. Resolves to the exit code.
 * @throws StreamsError `usage`, `configuration` with every fault; what Kafka, the registry or the FHIR server refuses.
 */
export async function ehrCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = ehrOptions(args);
  const { environment } = io;
  const faults = faultsOfNames(options);
  const settings: EhrSettings = {
    options,
    kafka: kafkaSettings(environment, `${options.application}-ehr-${options.slot}`, faults),
    driver: driverIn(environment, faults),
    registry: registrySettings(environment, faults),
    http: httpSettings(environment, faults),
    fhir: fhirSettings(environment, faults),
    pseudonymSecret: pseudonymSecretIn(environment, faults),
  };
  // It would be fenced by the instance whose slot is the rest of the name.
  if (settings.fhir.communication && options.slot.startsWith('pages-'))
    faults.push(
      `--slot is ${options.slot}: with Communication in EHR_RESOURCES it must not begin with pages-.`,
    );
  if (faults.length > 0)
    throw new StreamsError(
      'configuration',
      `ehr cannot begin:\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
    );
  if (options.dryRun) return (await import('./dry-run.ts')).dryRun(settings, io);
  return (await import('./ehr.ts')).ehr(settings, io);
}
