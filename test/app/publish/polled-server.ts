import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { askFhir } from '../../../docker/stack/fhir/fhir-request.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { workDirectory } from '../replay/replay-run.ts';
import { respiratoryRate } from '../replay/vital-signs.ts';
import { RunProcess } from '../run/run-process.ts';
import {
  clientOf,
  inputTopics,
  keyOf,
  type PublishRun,
  publish,
  recordsOf,
  resourceIn,
} from './publish-run.ts';

/** Somebody on the FHIR server whose Observations are read from there. */
export interface Somebody {
  readonly id: string;
  write(name: string, value?: number): Promise<void>;
  /** What was published of him, in order: `name/version`. */
  published(): Promise<string[]>;
}

/** A FHIR server and a Kafka, for the tests of one file, and `publish` between them. */
export class PolledServer {
  readonly directory: string = workDirectory();
  readonly #kafka = useServer(() => kafkaServer());
  readonly #fhir = useServer(() => fhirServer());
  readonly #running = new Set<RunProcess>();
  readonly #run = `poll-${process.pid}-${Date.now()}`;
  #driver: KafkaDriver | undefined;
  #count = 0;

  constructor() {
    beforeAll(async () => {
      this.#driver = clientOf(this.#kafka().bootstrap);
      await inputTopics(this.#driver);
    });
    afterEach(async () => {
      for (const one of this.#running) one.signal('SIGKILL');
      await Promise.all([...this.#running].map(({ exit }) => exit));
      this.#running.clear();
    });
    afterAll(() => this.#driver?.close());
  }

  get url(): string {
    return this.#fhir().url;
  }

  /** The file of the cursor that belongs to a patient. */
  cursorOf(patient: string): string {
    return join(this.directory, `${patient}.json`);
  }

  async somebody(): Promise<Somebody> {
    const id = `${this.#run}-${this.#count++}`;
    await this.#put(`Patient/${id}`, { resourceType: 'Patient', id });
    const subject = { reference: `Patient/${id}` };
    return {
      id,
      write: async (name, value = 20) => {
        const text = respiratoryRate(`${id}-${name}`, '2026-01-05T08:00:00Z', value, { subject });
        const json: unknown = JSON.parse(text);
        await this.#put(`Observation/${id}-${name}`, json);
      },
      published: async () => {
        if (this.#driver === undefined) return [];
        const records = await recordsOf(this.#driver, TOPIC.vitals);
        return records
          .filter((record) => keyOf(record) === subject.reference)
          .map((record) => {
            const { id: name, meta } = resourceIn(record) as { id: string; meta: { versionId: string } };
            return `${name.slice(id.length + 1)}/${meta.versionId}`;
          });
      },
    };
  }

  /** `publish --once` in this process. */
  once(
    patient: string,
    base: string = this.url,
    more: Readonly<Record<string, string>> = {},
  ): Promise<PublishRun> {
    return publish({ ...this.#environment(base), ...more }, ...this.#args(patient), '--once');
  }

  /** `publish` in a process of its own, which is killed behind the test. */
  follow(
    patient: string,
    base: string = this.url,
    more: Readonly<Record<string, string>> = {},
    ...args: readonly string[]
  ): RunProcess {
    const poll = new RunProcess(['publish', ...this.#args(patient), '--every', '100ms', ...args], {
      ...this.#environment(base),
      ...more,
    });
    this.#running.add(poll);
    return poll;
  }

  #environment(base: string): Record<string, string> {
    return { KAFKA_BOOTSTRAP_SERVERS: this.#kafka().bootstrap, FHIR_BASE_URL: base };
  }

  #args(patient: string): string[] {
    const search = `Observation?subject=Patient/${patient}`;
    return ['--fhir-server', '--cursor', this.cursorOf(patient), '--type', search, '--page-size', '2'];
  }

  async #put(path: string, json: unknown): Promise<void> {
    const { status, body } = await askFhir(`${this.url}/${path}`, { method: 'PUT', json });
    if (status >= 300) throw new Error(`${status} ${body}`);
  }
}
