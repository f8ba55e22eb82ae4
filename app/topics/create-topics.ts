import type { TopicToMake } from '../../connectors/platformatic/create-topic.ts';
import type { TopicConfigs } from '../../connectors/platformatic/topic-configs.ts';
import type { PlannedTopic } from '../../schemas/topic-plan.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { Wanted } from './drift.ts';
import { LAYOUT, settingsOf } from './topic-settings.ts';

/** These must have the same number of partitions. */
const TOGETHER: readonly string[] = [TOPIC.clinicalEvents, TOPIC.alerts, TOPIC.pages];

/**
 * Makes the topics that are missing, a line each, and changes none that is there. Of those that belong together one that is missing
 * gets as many partitions as the others have.
 * @throws StreamsError `configuration`: more replicas than brokers, or partitions that would not fit those that are there.
 */
export async function createTopics(
  cluster: TopicConfigs,
  plan: readonly PlannedTopic[],
  { partitions, replication }: Wanted,
  say: (line: string) => void,
): Promise<void> {
  const brokers = await cluster.brokers();
  if (replication > brokers)
    throw new StreamsError(
      'configuration',
      `${replication} replicas need as many brokers, and ${brokers === 1 ? 'one is' : `${brokers} are`} up: give --replication ${brokers}, or start more.`,
    );
  const names = plan.map(({ name }) => name);
  const found = await cluster.describe(names, []);
  const width = Math.max(...names.map((name) => name.length));
  const line = (name: string, what: string): void => say(`${name.padEnd(width)}  ${what}`);
  const partner = TOGETHER.flatMap((name) => found.get(name)?.partitions ?? [])[0];
  const partitionsOf = (name: string): number => {
    if (partner === undefined || !TOGETHER.includes(name)) return partitions ?? LAYOUT.partitions;
    if (partitions === undefined || partitions === partner) return partner;
    throw new StreamsError(
      'configuration',
      `${name} would get ${partitions} partitions, but the topic that it belongs to has ${partner}: give --partitions ${partner}, or leave it away.`,
    );
  };
  const missing = plan
    .filter(({ name }) => !found.has(name))
    .map(
      (planned): TopicToMake => ({
        name: planned.name,
        partitions: partitionsOf(planned.name),
        replication,
        settings: settingsOf(planned, replication),
      }),
    );
  for (const name of names) if (found.has(name)) line(name, 'unchanged  was there');
  const made = new Set<string>();
  await cluster.create(missing, (name) => {
    made.add(name);
    line(
      name,
      `created    ${missing.find((topic) => topic.name === name)?.partitions} partitions, ${replication} replicas`,
    );
  });
  for (const { name } of missing) if (!made.has(name)) line(name, 'unchanged  was made meanwhile');
  const untouched = names.length - made.size;
  say(
    `${made.size} created.${untouched === 0 ? '' : ` ${untouched} not touched: see what they are with \`sepsis-streams topics check\`.`}`,
  );
}
