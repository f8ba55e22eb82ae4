import type { TopicFound } from '../../connectors/platformatic/topic-configs.ts';
import type { PlannedTopic } from '../../schemas/topic-plan.ts';
import type { Drift, Wanted } from './drift.ts';
import { durabilityDrifts } from './durability-drift.ts';
import { keepingDrifts } from './keeping-drift.ts';

/** The settings that are looked at. */
export const COMPARED: readonly string[] = [
  'cleanup.policy',
  'retention.ms',
  'retention.bytes',
  'min.insync.replicas',
  'unclean.leader.election.enable',
  'max.message.bytes',
];

/** One topic against its plan; what topics must be to each other is `driftsBetween`. */
export function driftsOf(planned: PlannedTopic, found: TopicFound | undefined, wanted: Wanted): Drift[] {
  const { name: topic } = planned;
  if (found === undefined)
    return [{ topic, breaks: true, what: 'it is missing', mend: 'sepsis-streams topics create' }];
  return [
    ...partitionDrifts(topic, found, wanted),
    ...durabilityDrifts(planned, found, wanted),
    ...keepingDrifts(planned, found),
  ];
}

function partitionDrifts(topic: string, found: TopicFound, { partitions }: Wanted): Drift[] {
  if (partitions === undefined || found.partitions === partitions) return [];
  const what = `${found.partitions} partitions, not ${partitions}`;
  const mend = 'leave it: another number sends keys to other partitions; make it anew if it is still empty';
  return [{ topic, breaks: false, what, mend }];
}
