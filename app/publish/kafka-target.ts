import { type Batching, BatchingProducer } from '../../connectors/fhir-producer/batching-producer.ts';
import type { Access } from '../../connectors/kafka-client/access.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { TopicConfigs } from '../../connectors/platformatic/topic-configs.ts';
import { TOPIC_PLAN } from '../../schemas/topic-plan.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { seconds } from '../../topology/model/time.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';
import type { DriverName } from '../configuration/kafka.ts';
import { driverOf } from '../run/driver-of.ts';
import { createTopics } from '../topics/create-topics.ts';
import { LAYOUT } from '../topics/topic-settings.ts';
import { within } from './within.ts';

/** Which cluster, and with which client library. */
export interface KafkaTarget {
  readonly access: Access;
  readonly driver: DriverName;
}

/** A producer that is ready, and its end. */
export interface OpenTarget {
  readonly producer: BatchingProducer;
  /** Resolves when Kafka can be had. @throws StreamsError when not. */
  reach(): Promise<void>;
  /** Sends what waits, as far as Kafka takes it within 4 s, and lets go of the connections. */
  close(): Promise<void>;
}

/** Closing is bounded also while Kafka is down: whoever ends is not waited for much longer. */
const FLUSH = seconds(4);
const LET_GO = seconds(1);

const NEEDED: readonly string[] = [
  TOPIC.vitals,
  TOPIC.labs,
  TOPIC.encounters,
  TOPIC.medicationRequests,
  TOPIC.deadLetters,
];

/**
 * Connects, and makes the topics that are missing where that is wanted; `say` is told of each.
 * @throws StreamsError `topics-unfit`, and what the brokers refuse.
 */
export async function openTarget(
  { access, driver: name }: KafkaTarget,
  wanted: { readonly createTopics: boolean; readonly batching: Batching },
  say: (line: string) => void,
): Promise<OpenTarget> {
  const driver = await driverOf(name, access, systemClock);
  try {
    if (wanted.createTopics) await makeMissing(access, say);
    else await assertThere(driver);
  } catch (error) {
    await within(LET_GO, driver.close());
    throw error;
  }
  const producer = new BatchingProducer(driver.producer(), systemClock, wanted.batching);
  return {
    producer,
    reach: () => assertThere(driver),
    close: async () => {
      // Nobody was told that what still waits is there.
      try {
        await within(FLUSH, producer.close());
      } finally {
        await within(LET_GO, driver.close());
      }
    },
  };
}

async function assertThere(driver: KafkaDriver): Promise<void> {
  const found = await driver.admin().partitions(NEEDED);
  const missing = NEEDED.filter((name) => !found.has(name));
  if (missing.length === 0) return;
  throw new StreamsError(
    'topics-unfit',
    `There is no topic ${missing.join(', ')}: --create-topics makes them here.`,
  );
}

async function makeMissing(access: Access, say: (line: string) => void): Promise<void> {
  const cluster = new TopicConfigs(access, systemClock);
  try {
    const plan = TOPIC_PLAN.filter(({ name }) => NEEDED.includes(name));
    const replication = Math.min(LAYOUT.replication, await cluster.brokers());
    await createTopics(cluster, plan, { partitions: undefined, replication }, say);
  } finally {
    await cluster.close();
  }
}
