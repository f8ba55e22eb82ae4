import type { Access } from '../../connectors/kafka-client/access.ts';
import { kafkaTlsIn } from './kafka-tls.ts';
import { secretOf } from './secret.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables, a line each, for help. */
export const KAFKA_VARIABLES: string = `  KAFKA_BOOTSTRAP_SERVERS    host:port of some brokers, separated by commas
  KAFKA_USERNAME             for SASL, with KAFKA_PASSWORD
  KAFKA_PASSWORD             or KAFKA_PASSWORD_FILE, a file that holds it
  KAFKA_SASL_MECHANISM       PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 (unless set), or OAUTHBEARER
  KAFKA_TOKEN                for OAUTHBEARER, or KAFKA_TOKEN_FILE, read again with each connection
  KAFKA_TLS                  true: TLS with the authorities of the system
  KAFKA_TLS_CA_FILE          TLS with these certificates in PEM in place of them
  KAFKA_TLS_CERT_FILE        the own certificate in PEM, with KAFKA_TLS_KEY_FILE
  KAFKA_TLS_KEY_FILE         its key in PEM; all three are read again with each connection
`;

/** The one that chooses the client library, a line for help. */
export const DRIVER_VARIABLE: string = `  KAFKA_DRIVER               client library: platformatic (unless set) or kafkajs, one for all of a group
`;

const DRIVERS = ['platformatic', 'kafkajs'] as const;
export type DriverName = (typeof DRIVERS)[number];

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const;
type Mechanism = (typeof MECHANISMS)[number];

const REQUEST_TIMEOUT = 10_000;
const CONNECT_TIMEOUT = 3_000;

/** Reads the variables of Kafka. What is wrong is added to `faults`, each naming its variable and the mend. */
export function kafkaSettings(environment: Environment, clientId: string, faults: string[]): Access {
  const tls = kafkaTlsIn(environment, faults);
  const sasl = saslIn(environment, faults);
  return {
    clientId,
    bootstrap: bootstrapIn(environment['KAFKA_BOOTSTRAP_SERVERS'] ?? '', faults),
    requestTimeout: REQUEST_TIMEOUT,
    connectTimeout: CONNECT_TIMEOUT,
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}

/** Which client library. What is wrong is added to `faults`. */
export function driverIn(environment: Environment, faults: string[]): DriverName {
  const named = environment['KAFKA_DRIVER'] ?? '';
  const driver = named === '' ? 'platformatic' : DRIVERS.find((one) => one === named);
  if (driver === undefined) faults.push(`KAFKA_DRIVER is ${named}: give one of ${DRIVERS.join(', ')}.`);
  return driver ?? 'platformatic';
}

function bootstrapIn(text: string, faults: string[]): string[] {
  const servers = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (servers.length === 0)
    faults.push('KAFKA_BOOTSTRAP_SERVERS is not set: give host:port of one or more brokers.');
  for (const server of servers) {
    if (!/^\[?[^,\s/]+\]?:\d{1,5}$/.test(server))
      faults.push(`KAFKA_BOOTSTRAP_SERVERS holds ${server}, which is no host:port.`);
  }
  return servers;
}

function saslIn(environment: Environment, faults: string[]): Access['sasl'] | undefined {
  const username = environment['KAFKA_USERNAME'] ?? '';
  const password = secretOf(environment, 'KAFKA_PASSWORD', faults);
  const token = secretOf(environment, 'KAFKA_TOKEN', faults);
  const named = environment['KAFKA_SASL_MECHANISM'] ?? '';
  if (username === '' && password === undefined && token === undefined && named === '') return undefined;
  const mechanism =
    named === '' ? (token === undefined ? 'SCRAM-SHA-512' : 'OAUTHBEARER') : mechanismOf(named);
  if (mechanism === undefined) {
    faults.push(`KAFKA_SASL_MECHANISM is ${named}: give one of ${MECHANISMS.join(', ')}.`);
    return undefined;
  }
  if (mechanism === 'OAUTHBEARER') {
    if (token === undefined)
      faults.push('KAFKA_TOKEN is not set, but the mechanism is OAUTHBEARER: give it.');
    return { mechanism, token: token ?? '' };
  }
  if (username === '') faults.push(`KAFKA_USERNAME is not set, but ${mechanism} needs it: give it.`);
  if (password === undefined) faults.push(`KAFKA_PASSWORD is not set, but ${mechanism} needs it: give it.`);
  return { mechanism, username, password: password ?? '' };
}

const mechanismOf = (name: string): Mechanism | undefined =>
  MECHANISMS.find((one) => one === name.toUpperCase());
