import type { TopicConfigs } from '../../connectors/platformatic/topic-configs.ts';
import type { PlannedTopic } from '../../schemas/topic-plan.ts';
import type { Drift, Wanted } from './drift.ts';
import { driftsBetween } from './drifts-between.ts';
import { COMPARED, driftsOf } from './topic-drifts.ts';

export interface Checked {
  /** A line per topic in the order of the plan, two more per drift, and one that sums up. */
  readonly lines: readonly string[];
  /** Nothing breaks correctness. */
  readonly passed: boolean;
}

/** Compares the topics of a cluster with the plan; changes nothing. */
export async function checkTopics(
  cluster: Pick<TopicConfigs, 'describe'>,
  plan: readonly PlannedTopic[],
  wanted: Wanted,
): Promise<Checked> {
  const found = await cluster.describe(
    plan.map(({ name }) => name),
    COMPARED,
  );
  const drifts = [
    ...plan.flatMap((planned) => driftsOf(planned, found.get(planned.name), wanted)),
    ...driftsBetween(found),
  ];
  const width = Math.max(...plan.map(({ name }) => name.length));
  const lines = plan.flatMap(({ name }) => {
    const own = drifts.filter(({ topic }) => topic === name);
    const topic = found.get(name);
    const is = topic === undefined ? '' : `  ${topic.partitions} partitions, ${topic.replication} replicas`;
    return [`${name.padEnd(width)}  ${verdict(own)}${is}`.trimEnd(), ...own.flatMap(driftLines)];
  });
  return { lines: [...lines, closing(drifts)], passed: !drifts.some(({ breaks }) => breaks) };
}

function verdict(drifts: readonly Drift[]): string {
  if (drifts.length === 0) return 'as planned';
  return drifts.some(({ breaks }) => breaks) ? 'broken    ' : 'differs   ';
}

const driftLines = ({ breaks, what, mend }: Drift): string[] => [
  `  ${breaks ? 'broken' : 'differs'}: ${what}`,
  `    mend: ${mend}`,
];

function closing(drifts: readonly Drift[]): string {
  if (drifts.length === 0) return 'All as planned.';
  const breaking = drifts.filter(({ breaks }) => breaks).length;
  if (breaking === 0)
    return `${drifts.length} ${drifts.length === 1 ? 'differs' : 'differ'} from the plan, and no alert is wrong for it.`;
  return `${breaking} broken: alerts may be lost or wrong. Mend them before a worker starts.`;
}
