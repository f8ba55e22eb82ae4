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
  const reasons = new Map<string, string[]>();
  for (const { name, compacted } of plan) reasons.set(compacted, [...(reasons.get(compacted) ?? []), name]);
  const notCompacted = Array.from(reasons, ([reason, names]) => `  ${names.join(', ')}: ${reason}`);
  return `${[
    ...lines,
    '',
    'All: retention.bytes=-1, unclean.leader.election.enable=false.',
    ...larger,
    'Not one is compacted:',
    ...notCompacted,
  ].join('\n')}\n`;
}
