import type { PlannedTopic } from '../../schemas/topic-plan.ts';
import { timeOf } from './time-words.ts';
import { inSyncOf, type Layout, settingsOf } from './topic-settings.ts';

/** A row per topic, in columns, and below it what is the same for all. */
export function planTable(plan: readonly PlannedTopic[], { partitions, replication }: Layout): string {
  const rows = [
    ['topic', 'partitions', 'replicas', 'min ISR', 'cleanup', 'kept', 'why'],
    ...plan.map((planned) => [
      planned.name,
      String(partitions),
      String(replication),
      String(inSyncOf(replication)),
      settingsOf(planned, replication).get('cleanup.policy') ?? '',
      timeOf(planned.retention),
      planned.why,
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const larger = plan.flatMap(({ name, largestBatch }) =>
    largestBatch === undefined ? [] : [`${name}: max.message.bytes=${largestBatch}`],
  );
  const isCompacted = ({ cleanup }: PlannedTopic): boolean => cleanup !== undefined;
  return `${[
    ...lines,
    '',
    'All: retention.bytes=-1, unclean.leader.election.enable=false.',
    ...larger,
    'Compacted:',
    ...reasonsOf(plan.filter(isCompacted)),
    'Not compacted:',
    ...reasonsOf(plan.filter((planned) => !isCompacted(planned))),
  ].join('\n')}\n`;
}

/** A line per reason, behind the topics that it holds for. */
function reasonsOf(plan: readonly PlannedTopic[]): string[] {
  const byReason = Map.groupBy(plan, ({ compacted }) => compacted);
  return Array.from(byReason, ([reason, of]) => `  ${of.map(({ name }) => name).join(', ')}: ${reason}`);
}
