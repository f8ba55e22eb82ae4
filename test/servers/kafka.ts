import { kafkaLibraries } from '../../docker/stack/kafka/class-archive.ts';
import { type KafkaCluster, startKafka } from '../../docker/stack/kafka/kafka-cluster.ts';
import { kafkaTool } from '../../docker/stack/kafka/kafka-libraries.ts';
import type { SecureKafka } from '../../docker/stack/kafka/secure.ts';
import type { Ended } from '../../docker/stack/run-program.ts';
import { untilCoordinated } from './coordinators.ts';
import { ownFolder, progress, shared } from './shared.ts';

/** Which cluster: one broker or three; with SASL_SSL, mTLS and ACLs; with the transaction protocol before KIP-890 (1) or with it. */
export interface KafkaVariant {
  readonly brokers?: 1 | 3;
  readonly secure?: boolean;
  readonly transactionVersion?: 1 | 2;
}

/** A cluster for one test alone, with settings of its brokers that only this one has. */
export interface OwnKafka {
  readonly own: true;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Transactions that are open for too long are looked for each second, not each ten: there are tests that wait for it. */
const SOON = { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000' };

/** A cluster that other tests use too: it may not be ended or paused. Take fresh names for topics and groups. */
export interface SharedKafka {
  /** `127.0.0.1:20001`, of several brokers with commas. */
  readonly bootstrap: string;
  readonly secure: SecureKafka | undefined;
  /** One of Kafka's command line tools: main class, arguments, standard input. A second and more each. */
  readonly tool: (mainClass: string, args: readonly string[], stdin?: string) => Promise<Ended>;
}

/**
 * A real Kafka that answers, transactions and groups included. Without `own` all test files of the run share one per variant, which is started when the
 * first asks and ended with the run. With `own` it is the caller's to stop, kill, restart, pause and resume.
 * Throws `tool-missing` or `download-failed` where no Kafka can be had (see `useServer`).
 */
export function kafkaServer(variant: KafkaVariant & OwnKafka): Promise<KafkaCluster>;
export function kafkaServer(variant?: KafkaVariant): Promise<SharedKafka>;
export async function kafkaServer(
  variant: KafkaVariant & Partial<Omit<OwnKafka, 'own'>> & { readonly own?: boolean } = {},
): Promise<KafkaCluster | SharedKafka> {
  const { brokers = 1, secure = false, transactionVersion = 2, own = false, settings = {} } = variant;
  const old = transactionVersion === 1 ? '-transactions1' : '';
  const name = `kafka${brokers === 1 ? '' : brokers}${secure ? '-secure' : ''}${old}`;
  const start = async (folder: string, more = settings): Promise<KafkaCluster> => {
    const how = { folder, brokers, secure, transactionVersion, settings: more, quick: true, progress };
    const cluster = await startKafka(await kafkaLibraries(progress), how);
    try {
      await untilCoordinated(cluster.bootstrap);
    } catch (error) {
      await cluster.kill();
      throw error;
    }
    return cluster;
  };
  if (own) return start(ownFolder(name));
  const known = await shared(name, async (folder) => {
    const { bootstrap, secure } = await start(folder, SOON);
    return { bootstrap, secure, folder };
  });
  return {
    bootstrap: known.bootstrap,
    secure: known.secure,
    tool: async (mainClass, args, stdin) =>
      kafkaTool(await kafkaLibraries(progress), known.folder, mainClass, args, stdin),
  };
}
