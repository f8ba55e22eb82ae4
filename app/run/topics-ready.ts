import type { Access } from '../../connectors/kafka-client/access.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { TopicConfigs, type TopicFound } from '../../connectors/platformatic/topic-configs.ts';
import { TOPIC_PLAN } from '../../schemas/topic-plan.ts';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { Telemetry } from '../../topology/ports/telemetry.ts';
import { Patience } from '../../topology/runtime/patience.ts';
import { whatOf } from '../configuration/secret.ts';
import { partitioning } from '../topics/drifts-between.ts';

/** Which command begins, and the topics that it reads and writes. */
export interface Needed {
  readonly command: string;
  readonly topics: readonly string[];
}

const TOPOLOGY: Needed = {
  command: 'run',
  topics: TOPIC_PLAN.flatMap(({ name, sink }) => (sink === undefined ? [name] : [])),
};

/**
 * Resolves when everything that is needed is there, unless told otherwise what the topology reads and writes, and keyed alike
 * where it must be. Brokers that do not answer are waited for.
 * @throws StreamsError `topics-unfit`, with every fault and its mend; what else the brokers refuse.
 */
export async function topicsReady(
  kafka: Access,
  telemetry: Telemetry,
  unwanted: AbortSignal,
  { command, topics }: Needed = TOPOLOGY,
): Promise<void> {
  const cluster = new TopicConfigs(kafka, systemClock);
  const patience = new Patience(systemClock, telemetry);
  try {
    const { found, faults } = await patience.until(
      () => topicsFound(cluster, topics),
      () => unwanted.aborted,
    );
    for (const { topic, what, mend } of partitioning(found)) faults.push(`${topic} has ${what}. ${mend}`);
    if (faults.length > 0)
      throw new StreamsError(
        'topics-unfit',
        `${command} cannot begin:\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
      );
  } finally {
    await cluster.close();
  }
}

interface Found {
  readonly found: ReadonlyMap<string, TopicFound>;
  readonly faults: string[];
}

async function topicsFound(cluster: TopicConfigs, topics: readonly string[]): Promise<Found> {
  const found = new Map<string, TopicFound>();
  const faults: string[] = [];
  // Each for itself: without a right to one of them an answer about all says nothing of the others.
  const described = await Promise.allSettled(
    topics.map(async (name) => [name, (await cluster.describe([name], [])).get(name)] as const),
  );
  for (const answer of described) {
    if (answer.status === 'fulfilled') {
      const [name, topic] = answer.value;
      if (topic === undefined) faults.push(`${name} is missing.`);
      else found.set(name, topic);
      continue;
    }
    const error: unknown = answer.reason;
    if (!isStreamsError(error) || error.code !== 'not-authorized') throw error;
    faults.push(`${whatOf(error)} ${error.mend}`);
  }
  return { found, faults };
}
