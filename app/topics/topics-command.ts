import { systemClock } from '../../connectors/memory/clocks.ts';
import { TopicConfigs } from '../../connectors/platformatic/topic-configs.ts';
import { TOPIC_PLAN } from '../../schemas/topic-plan.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from '../commands/command.ts';
import { oneOf, parseOptions, wholeNumber } from '../commands/options.ts';
import { KAFKA_VARIABLES, kafkaSettings } from '../configuration/kafka.ts';
import { acls } from './acls.ts';
import { checkTopics } from './check-topics.ts';
import { createTopics } from './create-topics.ts';
import type { Wanted } from './drift.ts';
import { planTable } from './plan-table.ts';
import { toldWhole } from './told-whole.ts';
import { LAYOUT } from './topic-settings.ts';

/** What `topics --help` prints. */
export const TOPICS_HELP: string = `sepsis-streams topics: the topics, what each should be, and who may do what with them

  npx sepsis-streams topics plan [--partitions N] [--replication N]
  npx sepsis-streams topics create [--partitions N] [--replication N]
  npx sepsis-streams topics check [--partitions N] [--replication N]
  npx sepsis-streams topics acls [ROLE...] [--application NAME] [--user ROLE=USER]...

  plan           prints every topic, its settings, and why. Asks no broker.
  create         makes the topics that are missing; one that is there is never changed.
  check          names each difference from the plan and its mend. Changes nothing.
  acls           prints the least rights of each role, as lines of Kafka's own kafka-acls. Asks no broker.
                 Roles: topology, pagerduty, ehr, publisher, auditor, subscriber, topics.

  --partitions N      of each topic (${LAYOUT.partitions}); check: any number will do unless it is given
  --replication N     replicas of each partition (${LAYOUT.replication}); one may be away while writing goes on
  --application NAME  acls: name of the consumer group of the topology (sepsis-streams)
  --user ROLE=USER    acls: the user of a role, unless sepsis-ROLE
  --help              this text

Environment of create and check:
${KAFKA_VARIABLES}
Exit codes: 0 done, 2 wrong usage or configuration, 4 alerts may be wrong, or the cluster cannot be had.
`;

const TASKS = ['plan', 'create', 'check', 'acls'] as const;
/** The most that a broker takes is far above; more than this is a slip. */
const MOST_PARTITIONS = 10_000;
const MOST_REPLICAS = 32;

/**
 * `topics plan | create | check | acls`. Resolves to 0, or to 4 when the check finds what breaks correctness.
 * @throws StreamsError `usage`, `configuration` with every fault, and those of the brokers.
 */
export async function topicsCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    partitions: { type: 'string' },
    replication: { type: 'string' },
    application: { type: 'string' },
    user: { type: 'string', multiple: true },
  });
  const [given, ...rest] = positionals;
  if (given === undefined)
    throw new StreamsError('usage', 'topics needs to know what to do: plan, create, check or acls.');
  const task = oneOf('topics', given, TASKS);
  const foreign =
    task === 'acls' ? (['partitions', 'replication'] as const) : (['application', 'user'] as const);
  for (const option of foreign)
    if (values[option] !== undefined)
      throw new StreamsError('usage', `--${option} does not belong to topics ${task}.`);
  if (task === 'acls') {
    const { application = 'sepsis-streams', user: users = [] } = values;
    io.stdout.write(acls({ application, only: rest, users }));
    return 0;
  }
  if (rest[0] !== undefined) throw new StreamsError('usage', `topics ${task} takes no argument ${rest[0]}.`);
  const wanted: Wanted = {
    partitions:
      values.partitions === undefined
        ? undefined
        : wholeNumber('--partitions', values.partitions, 1, MOST_PARTITIONS),
    replication:
      values.replication === undefined
        ? LAYOUT.replication
        : wholeNumber('--replication', values.replication, 1, MOST_REPLICAS),
  };
  if (task === 'plan') {
    io.stdout.write(planTable(TOPIC_PLAN, { ...wanted, partitions: wanted.partitions ?? LAYOUT.partitions }));
    return 0;
  }
  return onCluster(io, async (cluster) => {
    if (task === 'create') {
      await toldWhole(io, (say) => createTopics(cluster, TOPIC_PLAN, wanted, say));
      return 0;
    }
    const { lines, passed } = await checkTopics(cluster, TOPIC_PLAN, wanted);
    io.stdout.write(`${lines.join('\n')}\n`);
    return passed ? 0 : 4;
  });
}

async function onCluster(io: CommandIo, work: (cluster: TopicConfigs) => Promise<number>): Promise<number> {
  const faults: string[] = [];
  const access = kafkaSettings(io.environment, 'sepsis-streams-topics', faults);
  if (faults.length > 0)
    throw new StreamsError(
      'configuration',
      `The topics cannot be asked for:\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
    );
  const cluster = new TopicConfigs(access, systemClock);
  try {
    return await work(cluster);
  } finally {
    await cluster.close();
  }
}
