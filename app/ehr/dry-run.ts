import { once } from 'node:events';
import type { Bundle } from 'fhir/r4.js';
import { type AlertRecord, markOf } from '../../connectors/ehr/alert-record.ts';
import { entriesOf } from '../../connectors/ehr/entries.ts';
import type { Plan } from '../../connectors/ehr/plan.ts';
import { RESOURCE_TYPES } from '../../connectors/ehr/shape.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { Topic } from '../../topology/model/topic.ts';
import type { Batch, KafkaDriver, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { CommandIo } from '../commands/command.ts';
import { driverOf } from '../run/driver-of.ts';
import type { EhrSettings } from './ehr-settings.ts';

/**
 * Prints what would be written of each alert in the topic, were nothing of it on the server: the Bundle of its last record,
 * a line each. Resolves to the exit code.
 */
export async function dryRun(settings: EhrSettings, io: CommandIo): Promise<number> {
  const { registry, fhir } = settings;
  const driver = await driverOf(settings.driver, settings.kafka, systemClock);
  const types = RESOURCE_TYPES.filter((type) => fhir.resources?.has(type) ?? type !== 'Flag');
  const plan: Plan = { ways: new Map(types.map((type) => [type, 'client-id'])), transaction: true };
  try {
    const { alerts } = topicsOf(await bindCodecs(schemaRegistry({ ...registry, clock: systemClock })));
    const partitions = (await driver.admin().partitions([alerts.name])).get(alerts.name);
    if (partitions === undefined) throw new StreamsError('topics-unfit', `${TOPIC.alerts} is missing.`);
    for (let partition = 0; partition < partitions; partition++) {
      for (const record of await lastRecords(driver, alerts, { topic: alerts.name, partition }, io)) {
        const entry = entriesOf({
          alert: record.value,
          mark: markOf(record),
          plan,
          held: new Map(),
          referring: { bases: fhir.bases, unheld: new Set() },
          base: fhir.base,
        });
        const bundle: Bundle = { resourceType: 'Bundle', type: 'transaction', entry: [...entry] };
        if (!io.stdout.write(`${JSON.stringify(bundle)}\n`)) await once(io.stdout, 'drain');
      }
    }
    return 0;
  } finally {
    await driver.close();
  }
}

/** The last record of each alert of a partition, in the order of the log. */
async function lastRecords(
  driver: KafkaDriver,
  { value: codec }: Topic<SepsisAlert>,
  at: TopicPartition,
  io: CommandIo,
): Promise<readonly AlertRecord[]> {
  const last = new Map<string, AlertRecord>();
  const { start, end } = await driver.admin().offsets(at);
  const batches: Batch[] = [];
  await driver.read(at, start, end, (batch) => void batches.push(batch));
  for (const { offset, timestamp, value: bytes } of batches.flatMap(({ records }) => records)) {
    if (bytes === null) continue;
    try {
      const value = codec.decode(bytes);
      last.delete(value.alertId);
      last.set(value.alertId, { ...at, offset, timestamp, key: value.patient, value });
    } catch (error) {
      const code = isStreamsError(error) ? error.code : 'unreadable';
      io.stderr.write(`${at.topic}/${at.partition}/${offset} cannot be read: ${code}\n`);
    }
  }
  return [...last.values()];
}
