import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StreamsError } from '../../../topology/model/errors.ts';
import { freePorts } from '../free-ports.ts';
import type { Ended } from '../run-program.ts';
import { ServerProcess, withFreshPorts } from '../server-process.ts';
import { describeCluster } from './describe-cluster.ts';
import { AS_SHIPPED, jvmArguments, type KafkaLibraries, kafkaTool, QUICK_START } from './kafka-libraries.ts';
import { type NodePorts, nodeProperties } from './properties.ts';
import { type SecureKafka, secureKafka } from './secure.ts';
import { formatStorage, newId, storageTemplate } from './storage.ts';

/** How a cluster is started. */
export interface KafkaOptions {
  /** Where its data, logs and pid files go. */
  readonly folder: string;
  /** One node, or three that survive the loss of one. */
  readonly brokers?: 1 | 3;
  /** Also SASL_SSL, mTLS and a listener with a certificate for another host, and ACLs that are enforced; one node. */
  readonly secure?: boolean;
  /** Version of the transaction protocol that the cluster agrees on: 2 (KIP-890) unless told. */
  readonly transactionVersion?: 1 | 2;
  /** Settings of the brokers beside, or in place of, those of the stack. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Starts faster and runs slower: for tests of function, never to measure. */
  readonly quick?: boolean;
  /** Memory and collector are those of Kafka's own start script, and not small. */
  readonly asShipped?: boolean;
  /** More arguments of the brokers' JVM. */
  readonly flags?: readonly string[];
  readonly progress: (line: string) => void;
}

/** A running cluster on 127.0.0.1. */
export interface KafkaCluster {
  /** `127.0.0.1:20001,127.0.0.1:20002`: the plain listeners. */
  readonly bootstrap: string;
  readonly brokers: readonly KafkaBroker[];
  readonly secure: SecureKafka | undefined;
  /** All brokers at once. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
  /** One of Kafka's command line tools: main class, arguments, standard input; it is told no address. */
  readonly tool: (mainClass: string, args: readonly string[], stdin?: string) => Promise<Ended>;
}

/** One broker of it, to be ended and started alone. */
export interface KafkaBroker {
  readonly id: number;
  /** `127.0.0.1:20001` */
  readonly address: string;
  readonly process: ServerProcess;
  /** Starts it again on the same ports with the same data, and waits until it answers. */
  restart(): Promise<void>;
}

/** Starts a KRaft cluster and waits until each broker knows all the others. Data of an earlier start are kept. */
export async function startKafka(libraries: KafkaLibraries, options: KafkaOptions): Promise<KafkaCluster> {
  const { folder, progress, brokers: count = 1, secure: wanted = false, quick = false } = options;
  const { asShipped = false, flags = [], transactionVersion = 2, settings = {} } = options;
  if (wanted && count !== 1) throw new StreamsError('usage', 'A secured cluster has one broker.');
  mkdirSync(folder, { recursive: true });
  const clusterId = clusterIdIn(folder);
  return withFreshPorts(async () => {
    const ports = await freePorts(count * 2 + (wanted ? 3 : 0));
    const nodes = Array.from({ length: count }, (_, i): NodePorts => {
      const [plain = 0, controller = 0] = ports.slice(i * 2, i * 2 + 2);
      return { plain, controller };
    });
    const secure = wanted ? await secureKafka(folder, ports.slice(count * 2)) : undefined;
    const features = transactionVersion === 1 ? ['-f', 'transaction.version=1'] : [];
    const format = [...features, ...(secure?.formatArguments ?? [])];
    const template = await storageTemplate(libraries, format, progress);
    const memory = asShipped ? AS_SHIPPED : undefined;
    const jvm = [...jvmArguments(libraries, folder, memory), ...(quick ? [QUICK_START] : []), ...flags];
    const how = { folder, program: libraries.java, jvm, clusterId, secure, template, settings };
    const brokers = nodes.map((_, i) => prepareBroker(i + 1, nodes, how));
    try {
      for (const broker of brokers) broker.process.start();
      await Promise.all(brokers.map((broker) => joined(broker, clusterId, count)));
    } catch (error) {
      await Promise.all(brokers.map((broker) => broker.process.kill()));
      throw error;
    }
    return cluster(brokers, secure, libraries, folder);
  });
}

interface Preparation {
  readonly folder: string;
  readonly program: string;
  readonly jvm: readonly string[];
  readonly clusterId: string;
  readonly secure: SecureKafka | undefined;
  /** Of the data folder. */
  readonly template: string;
  readonly settings: Readonly<Record<string, string>>;
}

function prepareBroker(id: number, nodes: readonly NodePorts[], how: Preparation): KafkaBroker {
  const name = `broker-${id}`;
  const { program, jvm, folder, clusterId, secure, template } = how;
  const properties = join(folder, `${name}.properties`);
  const more = { listeners: secure?.listeners ?? [], settings: { ...secure?.settings, ...how.settings } };
  const data = join(folder, name);
  writeFileSync(properties, nodeProperties(id, nodes, data, more));
  formatStorage(data, template, clusterId, id);
  const process = new ServerProcess({
    name,
    program,
    args: [...jvm, 'kafka.Kafka', properties],
    folder,
  });
  const { plain = 0 } = nodes[id - 1] ?? {};
  const broker: KafkaBroker = {
    id,
    address: `127.0.0.1:${plain}`,
    process,
    restart: async () => {
      await process.stop();
      process.start();
      await joined(broker, clusterId, 1);
    },
  };
  return broker;
}

/** Until the broker answers for our cluster and knows so many brokers. */
function joined({ address, process }: KafkaBroker, clusterId: string, brokers: number): Promise<void> {
  return process.answers(async () => {
    const view = await describeCluster(Number(address.split(':')[1]));
    return view.clusterId === clusterId && view.brokers >= brokers;
  });
}

function cluster(
  brokers: readonly KafkaBroker[],
  secure: SecureKafka | undefined,
  libraries: KafkaLibraries,
  folder: string,
): KafkaCluster {
  const all = async (act: (broker: KafkaBroker) => Promise<void>): Promise<void> => {
    await Promise.all(brokers.map(act));
  };
  return {
    bootstrap: brokers.map(({ address }) => address).join(','),
    brokers,
    secure,
    stop: () => all(({ process }) => process.stop()),
    kill: () => all(({ process }) => process.kill()),
    restart: () => all((broker) => broker.restart()),
    pause: () => {
      for (const { process } of brokers) process.pause();
    },
    resume: () => {
      for (const { process } of brokers) process.resume();
    },
    tool: (mainClass, args, stdin) => kafkaTool(libraries, folder, mainClass, args, stdin),
  };
}

/** The id of the cluster whose data lie in the folder; a new one in an empty folder. */
function clusterIdIn(folder: string): string {
  const file = join(folder, 'cluster-id');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const id = newId();
  writeFileSync(file, id);
  return id;
}
