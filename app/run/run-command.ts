import { hostname } from 'node:os';
import { LATENESS } from '../../operators/score-patient.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from '../commands/command.ts';
import { oneOf, parseOptions } from '../commands/options.ts';
import { baseFrom, durationFrom, SEMANTICS } from '../commands/screening-options.ts';
import { KAFKA_VARIABLES, kafkaSettings } from '../configuration/kafka.ts';
import { REDIS_VARIABLES, redisSettings } from '../configuration/redis.ts';
import { REGISTRY_VARIABLES, registrySettings } from '../configuration/registry.ts';

/** What `run --help` prints. */
export const RUN_HELP: string = `sepsis-streams run: the topology on a Kafka cluster, as one instance of its consumer group

  npx sepsis-streams run [OPTIONS]

  Start more instances, each with a slot of its own, to share the work. An instance that comes back
  under its slot takes its own partitions back. SIGTERM commits, saves snapshots and leaves; a second
  signal, or 30 s, ends it at once (exit code 5). It creates no topic and registers no schema.

  --slot NAME          name of this instance, unless given the host's name
  --application NAME   name of the consumer group and of the snapshots (sepsis-streams)
  --rule RULE          how values in the window count: any abnormal one (any, default) or the latest (latest)
  --lateness TIME      how late a vital sign may come: 90s, 15m, 24h (default), 7d or unlimited
  --base URL           the FHIR server that relative references belong to
  --patients FILE      Patient resources, whose identifiers resolve subjects without a reference
  --help               this text

Environment:
${KAFKA_VARIABLES}${REGISTRY_VARIABLES}${REDIS_VARIABLES}`;

/** `run`: works until it is told to stop. @throws StreamsError `configuration`, with every fault. */
export async function runCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    slot: { type: 'string', default: hostname() },
    application: { type: 'string', default: 'sepsis-streams' },
    rule: { type: 'string', default: 'any' },
    lateness: { type: 'string' },
    base: { type: 'string' },
    patients: { type: 'string' },
  });
  const screening = {
    semantic: oneOf('--rule', values.rule, SEMANTICS),
    lateness: values.lateness === undefined ? LATENESS : durationFrom('--lateness', values.lateness),
    base: values.base === undefined ? undefined : baseFrom(values.base),
    patients: values.patients,
  };
  const [unwanted] = positionals;
  if (unwanted !== undefined) throw new StreamsError('usage', `run takes no argument ${unwanted}.`);
  const faults: string[] = [];
  const { slot, application } = values;
  // Both become names in Kafka and in Redis.
  for (const [option, name] of Object.entries({ slot, application })) {
    if (!/^[\w.-]{1,100}$/.test(name))
      faults.push(`--${option} is ${name}: use letters, digits, dot, dash and underscore.`);
  }
  const kafka = kafkaSettings(io.environment, `${application}-${slot}`, faults);
  const registry = registrySettings(io.environment, faults);
  const redis = redisSettings(io.environment, faults);
  if (faults.length > 0)
    throw new StreamsError(
      'configuration',
      `run cannot begin:\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
    );
  const { runInstance } = await import('./instance.ts');
  return runInstance({ slot, application, screening, kafka, registry, redis }, io);
}
