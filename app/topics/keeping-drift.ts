import type { TopicFound } from '../../connectors/platformatic/topic-configs.ts';
import type { PlannedTopic } from '../../schemas/topic-plan.ts';
import type { Drift } from './drift.ts';
import { numberIn, setCommand } from './set-command.ts';
import { timeOf } from './time-words.ts';

/** `retention.ms` of a topic that is kept for ever. */
const FOR_EVER = -1;

/** Whether records are kept, each of them and for as long as planned. Longer is no drift. */
export function keepingDrifts(planned: PlannedTopic, { settings }: TopicFound): Drift[] {
  const { name: topic, retention, leastRetention, why, cleanup = 'delete', compacted } = planned;
  const drifts: Drift[] = [];
  const drift = (setting: string, value: string | number, breaks: boolean, what: string): void => {
    drifts.push({ topic, breaks, what: `${setting} is ${what}`, mend: setCommand(topic, setting, value) });
  };
  const policy = settings.get('cleanup.policy') ?? '';
  const kept = numberIn(settings, 'retention.ms');
  if (policy.split(',').toSorted().join() !== cleanup)
    drift(
      'cleanup.policy',
      cleanup.includes(',') ? `[${cleanup}]` : cleanup,
      true,
      `${policy || 'not told'}, not ${cleanup}: ${compacted}`,
    );
  const enough = kept === FOR_EVER || kept >= retention;
  if (!enough) {
    const breaks = leastRetention !== undefined && !(kept >= leastRetention);
    const bound =
      breaks && leastRetention !== undefined
        ? `at least ${timeOf(leastRetention)} needed`
        : `${timeOf(retention)} planned`;
    drift('retention.ms', retention, breaks, `${kept} (${timeOf(kept)}), ${bound}: ${why}`);
  }
  const bytes = numberIn(settings, 'retention.bytes');
  if (bytes !== -1)
    drift(
      'retention.bytes',
      -1,
      leastRetention !== undefined,
      `${bytes}, not -1: it cuts the ${timeOf(retention)} short when much comes in`,
    );
  return drifts;
}
