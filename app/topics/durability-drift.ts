import type { TopicFound } from '../../connectors/platformatic/topic-configs.ts';
import type { PlannedTopic } from '../../schemas/topic-plan.ts';
import type { Drift, Wanted } from './drift.ts';
import { numberIn, setCommand } from './set-command.ts';
import { inSyncOf } from './topic-settings.ts';

/** Whether what a broker acknowledged outlives that broker, and whether writing goes on without one. */
export function durabilityDrifts({ name: topic }: PlannedTopic, found: TopicFound, wanted: Wanted): Drift[] {
  const drifts: Drift[] = [];
  if (found.replication < wanted.replication)
    drifts.push({
      topic,
      breaks: true,
      what: `${found.replication} of ${wanted.replication} replicas: fewer lost brokers than planned take records with them`,
      mend: `kafka-reassign-partitions, with ${wanted.replication} brokers for each partition; or --replication ${found.replication}, if that is what this cluster is to have`,
    });
  const inSync = inSyncDrift(found, wanted.replication);
  if (inSync !== undefined) {
    const value = Math.min(inSyncOf(wanted.replication), Math.max(1, found.replication - 1));
    drifts.push({ topic, ...inSync, mend: setCommand(topic, 'min.insync.replicas', value) });
  }
  const unclean = 'unclean.leader.election.enable';
  if (found.settings.get(unclean) !== 'false')
    drifts.push({
      topic,
      breaks: true,
      what: `${unclean} is not false: a replica that is behind may lead, and acknowledged records are gone`,
      mend: setCommand(topic, unclean, 'false'),
    });
  return drifts;
}

function inSyncDrift(
  { settings, replication }: TopicFound,
  replicas: number,
): Pick<Drift, 'breaks' | 'what'> | undefined {
  const inSync = numberIn(settings, 'min.insync.replicas');
  const planned = inSyncOf(replicas);
  const is = `min.insync.replicas is ${inSync}`;
  if (inSync > replication)
    return { breaks: true, what: `${is}, with ${replication} replicas: nothing can be written` };
  if (!(inSync >= Math.min(planned, inSyncOf(replication))))
    return { breaks: true, what: `${is}, not ${planned}: an acknowledged record may be on one broker alone` };
  // With a replica missing, the mend is that replica.
  if (inSync === replication && inSync > planned)
    return { breaks: false, what: `${is}, as many as replicas: one broker away stops all writing` };
  return undefined;
}
