import { afterAll, afterEach, beforeAll, onTestFailed } from 'vitest';
import type { KafkaCluster } from '../../../docker/stack/kafka/kafka-cluster.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { registryWithSchemas } from '../../servers/registry.ts';
import { useServer } from '../../servers/use-server.ts';
import { PARTITIONS, RealWard } from './real-ward.ts';
import { RunProcess } from './run-process.ts';

export interface RealStack {
  readonly kafka: KafkaCluster;
  readonly ward: RealWard;
  /** Where it is, as the environment says it. */
  readonly variables: Readonly<Record<string, string>>;
  /** `sepsis-streams run` under a slot. What still runs at the end of a test is killed. */
  run(slot: string, ...more: readonly string[]): RunProcess;
}

/** A Kafka with the topics, and a Schema Registry with the schemas, for the tests of one file. */
export function useStack(): RealStack {
  const kafka = useServer(() => kafkaServer({ own: true }));
  const registry = useServer(registryWithSchemas);
  const running = new Set<RunProcess>();
  let ward: RealWard | undefined;
  const variables = (): Readonly<Record<string, string>> => ({
    KAFKA_BOOTSTRAP_SERVERS: kafka().bootstrap,
    SCHEMA_REGISTRY_URL: registry().url,
  });
  const start = (args: readonly string[]): RunProcess => {
    const made = new RunProcess(args, variables());
    running.add(made);
    return made;
  };
  beforeAll(async () => {
    ward = new RealWard(kafka().bootstrap);
    const topics = Object.values(TOPIC).map((name) => ({ name, partitions: PARTITIONS }));
    await ward.driver.admin().createTopics(topics);
  });
  afterEach(async () => {
    for (const one of running) one.signal('SIGKILL');
    await Promise.all([...running].map(({ exit }) => exit));
    running.clear();
  });
  afterAll(() => ward?.close());
  return {
    get kafka() {
      return kafka();
    },
    get ward() {
      if (ward === undefined) throw new Error('The ward is there in tests and hooks, not before.');
      return ward;
    },
    get variables() {
      return variables();
    },
    run: (slot, ...more) => {
      const made = start(['run', '--slot', slot, ...more]);
      onTestFailed(() => {
        process.stderr.write(`${slot} told:\n${made.text}\n`);
      });
      return made;
    },
  };
}

/** Resolves when the instance has taken over these tasks, from its `from`th line on. */
export const restored = async (instance: RunProcess, tasks: readonly string[], from = 0): Promise<void> => {
  await Promise.all(tasks.map((task) => instance.told('restored', { task }, from)));
};
