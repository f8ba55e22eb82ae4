import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from '../commands/command.ts';
import { fhirSource } from '../configuration/fhir-source.ts';
import { httpSettings } from '../configuration/http.ts';
import { driverIn, kafkaSettings } from '../configuration/kafka.ts';
import type { KafkaTarget } from './kafka-target.ts';
import { publishOptions } from './publish-options.ts';

/**
 * `publish`: from files until they end, from a FHIR server or over HTTP until it is told to stop. Resolves to the exit code.
 * @throws StreamsError `usage`, `configuration` with every fault; what the input, Kafka or the FHIR server refuse.
 */
export async function publishCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = publishOptions(args);
  const { environment } = io;
  const faults: string[] = [];
  const target = (): KafkaTarget => ({
    access: kafkaSettings(environment, 'sepsis-streams-publish', faults),
    driver: driverIn(environment, faults),
  });
  switch (options.from) {
    case 'files': {
      const kafka = options.files.dryRun ? undefined : target();
      assertNone(faults);
      return (await import('./publish-files.ts')).publishFiles(options, kafka, io);
    }
    case 'server': {
      const kafka = target();
      const fhir = fhirSource(environment, faults);
      const http = httpSettings(environment, faults);
      assertNone(faults);
      return (await import('./poll-server.ts')).pollServer(options, kafka, fhir, http, io);
    }
    case 'inlet': {
      const kafka = target();
      const http = httpSettings(environment, faults);
      if (http === undefined) faults.push('HTTP_PORT is not set: give the port to listen on.');
      const token = http?.token;
      if (http !== undefined && token === undefined)
        faults.push('HTTP_TOKEN is not set: give the token that those who post must bear.');
      assertNone(faults);
      // Without them there were faults.
      if (http === undefined || token === undefined) return 2;
      return (await import('./listen.ts')).listenForFhir(options, kafka, { ...http, token }, io);
    }
  }
}

function assertNone(faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new StreamsError(
    'configuration',
    `publish cannot begin:\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
  );
}
