import type { PlannedTopic } from '../../schemas/topic-plan.ts';

/** Numbers that fit a cluster. */
export interface Layout {
  readonly partitions: number;
  readonly replication: number;
}

/** Twelve share out over 1, 2, 3, 4, 6 and 12 workers; three replicas let one broker go and another be restarted. */
export const LAYOUT: Layout = { partitions: 12, replication: 3 };

/** One replica may be away while records are still taken; a record that is taken is on all others. */
export const inSyncOf = (replication: number): number => Math.max(1, replication - 1);

/** Settings of a topic by their names in Kafka. */
export function settingsOf(planned: PlannedTopic, replication: number): ReadonlyMap<string, string> {
  const settings = new Map([
    ['cleanup.policy', planned.cleanup ?? 'delete'],
    ['retention.ms', String(planned.retention)],
    ['retention.bytes', '-1'],
    ['min.insync.replicas', String(inSyncOf(replication))],
    // A replica that is behind must never lead: what was acknowledged would be gone.
    ['unclean.leader.election.enable', 'false'],
  ]);
  if (planned.largestBatch !== undefined) settings.set('max.message.bytes', String(planned.largestBatch));
  return settings;
}
