import { main } from '../../../app/commands/main.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import type { KafkaRecord } from '../../../topology/model/record.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { readNow } from '../../conformance/kafka-driver/records.ts';
import { Kept } from '../replay/replay-run.ts';

export interface PublishRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `publish` in this process. */
export async function publish(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<PublishRun> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const code = await main(['publish', ...args], { stdout, stderr, environment });
  return { code, out: stdout.text, err: stderr.text };
}

export const clientOf = (bootstrap: string): KafkaDriver =>
  new PlatformaticDriver(
    { clientId: 'publish-test', bootstrap: [bootstrap], requestTimeout: 10_000, connectTimeout: 3_000 },
    systemClock,
  );

/** A record, and the topic and the partition that it stands in. */
export type Seen = KafkaRecord & { readonly topic: string; readonly partition: number };

/** All that a topic holds, partition by partition. */
export async function recordsOf(driver: KafkaDriver, topic: string): Promise<Seen[]> {
  const count = (await driver.admin().partitions([topic])).get(topic) ?? 0;
  const seen: Seen[] = [];
  for (let partition = 0; partition < count; partition++)
    for (const record of await readNow(driver, { topic, partition }))
      seen.push({ ...record, topic, partition });
  return seen;
}

/** The resource in a value. */
export function resourceIn({ value }: Pick<KafkaRecord, 'value'>): Record<string, unknown> {
  const resource: Record<string, unknown> = JSON.parse(Buffer.from(value ?? []).toString());
  return resource;
}

export const keyOf = ({ key }: Pick<KafkaRecord, 'key'>): string | null =>
  key === null ? null : Buffer.from(key).toString();

/** Makes what `publish` writes to, where it is not there yet. */
export async function inputTopics(driver: KafkaDriver): Promise<void> {
  const { vitals, labs, encounters, medicationRequests, deadLetters } = TOPIC;
  const names = [vitals, labs, encounters, medicationRequests, deadLetters];
  const there = await driver.admin().partitions(names);
  const missing = names.filter((name) => !there.has(name)).map((name) => ({ name, partitions: 4 }));
  if (missing.length > 0) await driver.admin().createTopics(missing);
}
