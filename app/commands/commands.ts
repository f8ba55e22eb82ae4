import type { Command } from './command.ts';
import { DESCRIBE_HELP, describeCommand } from './describe.ts';

/** Every command, in the order in which help lists them. What a command needs is loaded when it runs. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'start',
    summary: 'run the topology: on a simulated ward in this process, or as `run` where Kafka is configured',
    help: async () => (await import('../start/options.ts')).START_HELP,
    run: async (args, io) =>
      (io.environment['KAFKA_BOOTSTRAP_SERVERS'] ?? '') === ''
        ? (await import('../start/start.ts')).startCommand(args)
        : (await import('../run/run-command.ts')).runCommand(args, io),
  },
  {
    name: 'replay',
    summary: 'screen recorded FHIR: episodes, alerts and dead letters, and a summary',
    help: async () => (await import('../replay/replay-help.ts')).REPLAY_HELP,
    run: async (args, io) => (await import('../replay/replay-command.ts')).replayCommand(args, io),
  },
  {
    name: 'run',
    summary: 'run the topology on a Kafka cluster, as one instance of its group',
    help: async () => (await import('../run/run-help.ts')).RUN_HELP,
    run: async (args, io) => (await import('../run/run-command.ts')).runCommand(args, io),
  },
  {
    name: 'publish',
    summary: 'send FHIR to Kafka: from files, from a FHIR server, or as it is posted',
    help: async () => (await import('../publish/publish-help.ts')).PUBLISH_HELP,
    run: async (args, io) => (await import('../publish/publish-command.ts')).publishCommand(args, io),
  },
  {
    name: 'pagerduty',
    summary: 'page the team through PagerDuty',
    help: async () => (await import('../pagerduty/pagerduty-help.ts')).PAGERDUTY_HELP,
    run: async (args, io) => (await import('../pagerduty/pagerduty-command.ts')).pagerDutyCommand(args, io),
  },
  {
    name: 'ehr',
    summary: 'write alerts back to a FHIR server',
    help: async () => (await import('../ehr/ehr-help.ts')).EHR_HELP,
    run: async (args, io) => (await import('../ehr/ehr-command.ts')).ehrCommand(args, io),
  },
  {
    name: 'alerts',
    summary: 'print the alerts topic readably, or follow it; names patients',
    help: async () => (await import('../alerts/alerts-help.ts')).ALERTS_HELP,
    run: async (args, io) => (await import('../alerts/alerts-command.ts')).alertsCommand(args, io),
  },
  {
    name: 'describe',
    summary: 'print the topology: sub-topologies, topics and stores',
    help: () => Promise.resolve(DESCRIBE_HELP),
    run: describeCommand,
  },
  {
    name: 'topics',
    summary: 'plan, create and check the topics; print the rights that each role needs',
    help: async () => (await import('../topics/topics-command.ts')).TOPICS_HELP,
    run: async (args, io) => (await import('../topics/topics-command.ts')).topicsCommand(args, io),
  },
  {
    name: 'schemas',
    summary: 'check the Avro schemas against the Schema Registry, or register them',
    help: async () => (await import('../schemas/schemas-command.ts')).SCHEMAS_HELP,
    run: async (args, io) => (await import('../schemas/schemas-command.ts')).schemasCommand(args, io),
  },
];
