import { systemClock } from '../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import { headerText, type KafkaRecord } from '../../topology/model/record.ts';
import { seconds } from '../../topology/model/time.ts';
import type { CommittedOffset, KafkaDriver, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { DeadLetterSeen } from './screening-run.ts';

export const PARTITIONS = 3;

/** Another client of a real cluster. */
export const clientOf = (bootstrap: string): KafkaDriver =>
  new PlatformaticDriver(
    { clientId: 'oracle', bootstrap: [bootstrap], requestTimeout: 10_000, connectTimeout: 3_000 },
    systemClock,
  );

export const createTopics = (driver: KafkaDriver): Promise<void> =>
  driver.admin().createTopics(Object.values(TOPIC).map((name) => ({ name, partitions: PARTITIONS })));

export const deadLetterSeen = ({ headers }: KafkaRecord): DeadLetterSeen => {
  const offset = headerText(headers, 'recorded-offset');
  return {
    reason: headerText(headers, '__streams.errors.reason') ?? '',
    offset: offset === undefined ? undefined : Number(offset),
  };
};

const partitionsOf = (topic: string): { topic: string; partition: number }[] =>
  Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }));
export const key = ({ topic, partition }: { topic: string; partition: number }): string =>
  `${topic}/${partition}`;
export const inputs: { topic: string; partition: number }[] = [
  TOPIC.vitals,
  TOPIC.labs,
  TOPIC.encounters,
  TOPIC.medicationRequests,
  TOPIC.clinicalEvents,
].flatMap(partitionsOf);

export async function ends(driver: KafkaDriver): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const at of Object.values(TOPIC).flatMap(partitionsOf))
    found.set(key(at), (await driver.admin().offsets(at)).end);
  return found;
}

/**
 * Offsets that a group has committed. None while they are not decided: a worker that was killed in the middle of a commit holds them up
 * until it is back, or until another takes over.
 */
export const committedBy = (
  driver: KafkaDriver,
  group: string,
  at: readonly TopicPartition[],
): Promise<ReadonlyMap<string, CommittedOffset>> =>
  driver
    .admin()
    .committed(group, at)
    .catch((error: unknown) => {
      if (isStreamsError(error) && error.code === 'unstable-offsets') return new Map();
      throw error;
    });

/** Resolves when the application has committed something. */
export async function working(driver: KafkaDriver, application: string): Promise<void> {
  while ((await committedBy(driver, application, inputs)).size === 0) await systemClock.sleep(seconds(0.05));
}

/** Resolves when everything is committed, and stays so while the repartitioned records come. */
export async function drained(driver: KafkaDriver, application: string): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    await systemClock.sleep(seconds(0.3));
    const committed = await committedBy(driver, application, inputs);
    let lag = 0;
    for (const at of inputs) {
      const { start, end } = await driver.admin().offsets(at);
      lag += end - Math.max(start, committed.get(key(at))?.offset ?? 0);
    }
    quiet = lag === 0 ? quiet + 1 : 0;
  }
}

export async function read(
  driver: KafkaDriver,
  topic: string,
  from: ReadonlyMap<string, number>,
): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  for (const at of partitionsOf(topic)) {
    const { end } = await driver.admin().offsets(at);
    await driver.read(at, from.get(key(at)) ?? 0, end, (batch) => records.push(...batch.records));
  }
  return records;
}
