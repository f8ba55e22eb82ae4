import { join } from 'node:path';
import type { ServerName } from './arguments.ts';
import type { Variables } from './data-folder.ts';
import { answersFhir, startFhir } from './fhir/fhir-server.ts';
import { kafkaLibraries } from './kafka/class-archive.ts';
import { describeCluster } from './kafka/describe-cluster.ts';
import { startKafka } from './kafka/kafka-cluster.ts';
import { askRedis } from './redis/redis-request.ts';
import { startRedis } from './redis/redis-server.ts';
import { ask } from './registry/http-request.ts';
import { startSchemaRegistry } from './registry/schema-registry.ts';

/** Which variant of a server. */
export interface Variant {
  readonly brokers: 1 | 3;
  readonly secure: boolean;
  readonly asShipped?: boolean;
}

interface Kind {
  /** Starts it in this folder, and gives the variables that lead to it once it answers. */
  start(folder: string, variant: Variant, progress: (line: string) => void): Promise<Variables>;
  /** Whether the server that these variables lead to gives a real answer. */
  answers(variables: Variables): Promise<boolean>;
}

/** The servers of the stack, each with its variables. */
export const KINDS: Readonly<Record<ServerName, Kind>> = {
  kafka: {
    start: async (folder, { brokers, secure, asShipped = false }, progress) => {
      // A cluster's data fit its number of nodes and its users, so each variant has its own.
      const own = join(folder, secure ? 'secure' : `brokers-${brokers}`);
      const kafka = await startKafka(await kafkaLibraries(progress), {
        folder: own,
        brokers,
        secure,
        asShipped,
        progress,
      });
      if (kafka.secure === undefined) return { KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrap };
      const { saslSsl, mutualTls, user, ca, clientCertificate, clientKey } = kafka.secure;
      return {
        KAFKA_BOOTSTRAP_SERVERS: saslSsl,
        KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
        KAFKA_USERNAME: user.name,
        KAFKA_PASSWORD: user.password,
        KAFKA_TLS_CA_FILE: ca,
        KAFKA_TLS_CERT_FILE: clientCertificate,
        KAFKA_TLS_KEY_FILE: clientKey,
        // There that certificate is the user.
        KAFKA_MTLS_BOOTSTRAP_SERVERS: mutualTls,
        // Everybody may do everything there: to make topics and ACLs.
        KAFKA_ADMIN_BOOTSTRAP_SERVERS: kafka.bootstrap,
      };
    },
    answers: async (variables) => {
      const plain = (
        variables['KAFKA_ADMIN_BOOTSTRAP_SERVERS'] ??
        variables['KAFKA_BOOTSTRAP_SERVERS'] ??
        ''
      ).split(',');
      const views = await Promise.all(plain.map((address) => describeCluster(Number(address.split(':')[1]))));
      return views.every(({ brokers }) => brokers === plain.length);
    },
  },
  registry: {
    start: async (folder, { secure }, progress) => {
      const { url, user } = await startSchemaRegistry({ folder, secure, progress });
      const credentials =
        user === undefined
          ? {}
          : { SCHEMA_REGISTRY_USERNAME: user.name, SCHEMA_REGISTRY_PASSWORD: user.password };
      return { SCHEMA_REGISTRY_URL: url, ...credentials };
    },
    answers: async (variables) => {
      const {
        SCHEMA_REGISTRY_URL: url,
        SCHEMA_REGISTRY_USERNAME: name,
        SCHEMA_REGISTRY_PASSWORD: password,
      } = variables;
      const user = name === undefined || password === undefined ? undefined : { name, password };
      return (await ask(`${url}/subjects`, { user })).status === 200;
    },
  },
  fhir: {
    start: async (folder, { secure }, progress) => {
      const { url, user } = await startFhir({ folder, secure, progress });
      const credentials =
        user === undefined ? {} : { FHIR_USERNAME: user.name, FHIR_PASSWORD: user.password };
      return { FHIR_BASE_URL: url, ...credentials };
    },
    answers: (variables) => {
      const { FHIR_BASE_URL: url = '', FHIR_USERNAME: name, FHIR_PASSWORD: password } = variables;
      const user = name === undefined || password === undefined ? undefined : { name, password };
      return answersFhir(url, user);
    },
  },
  redis: {
    start: async (folder, { secure }, progress) => {
      const { host, port, user, ca } = await startRedis({ folder, secure, durable: true, progress });
      return {
        REDIS_HOST: host,
        REDIS_PORT: String(port),
        ...(user === undefined ? {} : { REDIS_USERNAME: user.name, REDIS_PASSWORD: user.password }),
        ...(ca === undefined ? {} : { REDIS_TLS_CA_FILE: ca }),
      };
    },
    answers: async (variables) => {
      const {
        REDIS_HOST: host = '',
        REDIS_PORT: port,
        REDIS_USERNAME: name,
        REDIS_PASSWORD: password,
      } = variables;
      const user = name === undefined || password === undefined ? undefined : { name, password };
      return (
        (await askRedis({ host, port: Number(port), user, ca: variables['REDIS_TLS_CA_FILE'] }, 'PING')) ===
        '+PONG'
      );
    },
  },
};
