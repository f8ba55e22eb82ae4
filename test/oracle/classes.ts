import { type InMemoryCluster, inMemoryCluster } from '../../app/cluster/in-memory-cluster.ts';
import { feed } from '../../connectors/files/feed.ts';
import type { FeedRecord } from '../../connectors/files/feed-record.ts';
import { ManualClock } from '../../connectors/memory/clocks.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { headerText } from '../../topology/model/record.ts';
import { Counted } from './counted.ts';

/** A record of an input and what became of it. */
export interface Classed {
  readonly record: FeedRecord;
  /** `used: KIND` or `used: withdrawal`, `ignored: reason`, `dead letter: reason`; an event that counts for nothing has two. */
  readonly outcomes: readonly string[];
}

/** The class that a record ends in: a dead letter is one whatever came before, and what is ignored is not used. */
export function classOf({ outcomes }: Classed): string {
  const ending = (start: string): string | undefined => outcomes.find((one) => one.startsWith(start));
  return ending('dead letter: ') ?? ending('ignored: ') ?? ending('used: ') ?? 'lost';
}

/** The records of files, Bundles taken apart. */
export async function recordsIn(files: readonly string[]): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const batch of feed(files, { order: 'as-is' }).batches) records.push(...batch);
  return records;
}

/** Feeds the records one at a time, so that what comes out belongs to the one that went in. */
export async function classesOf(records: readonly FeedRecord[]): Promise<Classed[]> {
  const counted = new Counted();
  const cluster = await inMemoryCluster({
    rules: screeningRules({ trustTimestamp: false }),
    clock: new ManualClock(0),
    partitions: 3,
    instances: 2,
    telemetry: counted,
  });
  cluster.start();
  const classed: Classed[] = [];
  for (const record of records) {
    counted.ignoredBy.clear();
    const { key, value, target } = record;
    cluster.produce(target, [{ key, value, timestamp: 0 }]);
    await cluster.drained();
    classed.push({ record, outcomes: outcomesOf(cluster, counted) });
  }
  await cluster.stop();
  return classed;
}

function outcomesOf(cluster: InMemoryCluster, counted: Counted): string[] {
  const used = [...cluster.unread(TOPIC.clinicalEvents)].flatMap(({ value }) => {
    const event = value === null ? undefined : cluster.codecs.clinicalEvent.decode(value);
    return event === undefined || event.kind === 'TICK' ? [] : [`used: ${whatOf(event)}`];
  });
  const dead = [...cluster.unread(TOPIC.deadLetters)].map(
    ({ headers }) => `dead letter: ${headerText(headers, '__streams.errors.reason') ?? 'without a reason'}`,
  );
  const ignored = [...counted.ignoredBy].flatMap(([what, times]) =>
    Array.from({ length: times }, () => `ignored: ${what.slice(what.indexOf(': ') + 2)}`),
  );
  return [...used, ...ignored, ...dead];
}

/** A version that says nothing any more only withdraws what an earlier one said. */
function whatOf({ kind, measurements }: ClinicalEvent): string {
  const empty = (kind === 'VITAL_SIGNS' || kind === 'LACTATE') && measurements.length === 0;
  return empty || kind === 'RETRACTION' ? 'withdrawal' : kind;
}

/** How many records ended in each class. */
export function tally(classed: readonly Classed[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of classed) counts[classOf(one)] = (counts[classOf(one)] ?? 0) + 1;
  return counts;
}
