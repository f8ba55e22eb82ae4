import { partitionOf } from '../../../connectors/kafka-client/murmur2.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { KafkaDriver, TopicPartition } from '../../../topology/ports/kafka-driver.ts';
import { coded, observation, quantity } from '../../operators/fhir.ts';

const encoder = new TextEncoder();

/** Partitions of every topic, unless a test adds some. */
export const PARTITIONS = 4;

export const client = (bootstrap: string): KafkaDriver =>
  new PlatformaticDriver(
    { clientId: 'test', bootstrap: [bootstrap], requestTimeout: 10_000, connectTimeout: 3_000 },
    systemClock,
  );

export const partitionsOf = (topic: string, count: number = PARTITIONS): TopicPartition[] =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));

/** Looks until there is something. Whoever waits in vain ends by the time-out of the test. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await systemClock.sleep(seconds(0.02));
  }
}

type Sign = readonly [code: string, value: number, unit: string];

/** An Observation of so many minutes ago. */
function recordOf(patient: string, [code, value, unit]: Sign, partition: number, ago = 0): OutgoingRecord {
  const time = new Date(systemClock.now() - ago * 60_000).toISOString();
  const resource = observation({
    id: `${patient.slice('Patient/'.length)}-${code}${ago === 0 ? '' : `-${ago}`}`,
    code: coded(code),
    subject: { reference: patient },
    effectiveDateTime: time,
    issued: time,
    valueQuantity: quantity(value, unit),
  });
  return {
    key: null,
    timestamp: systemClock.now(),
    partition,
    value: encoder.encode(JSON.stringify(resource)),
  };
}

/** Patients whose vital signs come in, and their alerts. */
export class RealWard {
  readonly driver: KafkaDriver;
  readonly #bootstrap: string;
  #count = 0;
  /** All that were sick so far. */
  readonly patients: string[] = [];

  constructor(bootstrap: string) {
    this.#bootstrap = bootstrap;
    this.driver = client(bootstrap);
  }

  /** Sends a new patient's vital signs that raise an alert; its key. `partition` is the one of the repartition topic. */
  async sick(partition?: number, source: number = this.#count % PARTITIONS): Promise<string> {
    const patient = this.#patientOf(partition);
    const signs: readonly Sign[] = [
      ['9279-1', 30, '/min'],
      ['8480-6', 80, 'mm[Hg]'],
    ];
    await this.#send(signs.map((sign) => recordOf(patient, sign, source)));
    this.patients.push(patient);
    return patient;
  }

  /** Sends so many values of patients of that partition of the repartition topic to whom nothing is wrong. */
  async well(values: number, partition: number): Promise<void> {
    const patients = Array.from({ length: 100 }, () => this.#patientOf(partition));
    const sign: Sign = ['9279-1', 16, '/min'];
    const records = Array.from({ length: values }, (_, i) =>
      recordOf(patients[i % patients.length] as string, sign, 0, Math.floor(i / patients.length)),
    );
    await this.#send(records);
  }

  #patientOf(partition: number | undefined): string {
    for (;;) {
      const patient = `Patient/p${this.#count++}`;
      if (partition === undefined || partitionOf(encoder.encode(patient), PARTITIONS) === partition)
        return patient;
    }
  }

  async #send(records: readonly OutgoingRecord[]): Promise<void> {
    // A client that knows how many there are now.
    const publisher = client(this.#bootstrap);
    await publisher.producer().send(TOPIC.vitals, records);
    await publisher.close();
  }

  /** Resolves when the patient has an alert. */
  async alerted(patient: string): Promise<void> {
    const at = { topic: TOPIC.alerts, partition: partitionOf(encoder.encode(patient), PARTITIONS) };
    await until(async () => {
      const { end } = await this.driver.admin().offsets(at);
      let found: true | undefined;
      await this.driver.read(at, 0, end, ({ records }) => {
        for (const { key } of records)
          if (key !== null && new TextDecoder().decode(key) === patient) found = true;
      });
      return found;
    });
  }

  /** Resolves when everybody has an alert. */
  async settled(): Promise<void> {
    for (const patient of this.patients) await this.alerted(patient);
  }

  /** Number of alerts of each patient. */
  async alerts(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    for (const at of partitionsOf(TOPIC.alerts)) {
      const { end } = await this.driver.admin().offsets(at);
      await this.driver.read(at, 0, end, ({ records }) => {
        for (const { key } of records) {
          const patient = key === null ? '' : new TextDecoder().decode(key);
          found.set(patient, (found.get(patient) ?? 0) + 1);
        }
      });
    }
    return found;
  }

  close(): Promise<void> {
    return this.driver.close();
  }
}
