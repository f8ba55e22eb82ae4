import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from '../commands/command.ts';
import { kafkaSettings } from '../configuration/kafka.ts';
import { registrySettings } from '../configuration/registry.ts';
import { alertsOptions } from './alerts-options.ts';
import type { AlertsSettings } from './alerts-settings.ts';

/**
 * `alerts`: prints the alerts topic. Resolves to the exit code.
 * @throws StreamsError `usage`, `configuration` with every fault; what Kafka or the registry refuses.
 */
export async function alertsCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = alertsOptions(args);
  const faults: string[] = [];
  const settings: AlertsSettings = {
    options,
    kafka: kafkaSettings(io.environment, 'sepsis-streams-alerts', faults),
    registry: registrySettings(io.environment, faults),
  };
  if (faults.length > 0)
    throw new StreamsError(
      'configuration',
      `The alerts cannot be read:\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
    );
  return (await import('./print-alerts.ts')).printAlerts(settings, io);
}
