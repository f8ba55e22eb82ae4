import { join } from 'node:path';
import { newAuthority } from '../certificates.ts';
import type { MoreListeners } from './properties.ts';

/** A user of the secured cluster. */
export interface KafkaUser {
  readonly name: string;
  readonly password: string;
}

/** What a client needs to know of the secured listeners. Paths are of PEM files. */
export interface SecureKafka extends MoreListeners {
  /** `localhost:20003`: SCRAM-SHA-256, SCRAM-SHA-512, PLAIN and OAUTHBEARER (unsigned tokens) over TLS. */
  readonly saslSsl: string;
  /** `localhost:20004`: the client's certificate is its user. */
  readonly mutualTls: string;
  /** `localhost:20005`: as SASL_SSL, with a certificate for another host. */
  readonly wrongHost: string;
  readonly ca: string;
  /** An authority that signed nothing here. */
  readonly foreignCa: string;
  /** Certificate and key of the user `sepsis`. */
  readonly clientCertificate: string;
  readonly clientKey: string;
  /** Both in one file, as Kafka's own tools want them. */
  readonly clientKeyStore: string;
  /** May do everything. */
  readonly admin: KafkaUser;
  /** May do what ACLs allow: nothing at first. */
  readonly user: KafkaUser;
  /** What the formatting of the data folder is told, so that the users are there from the first start. */
  readonly formatArguments: readonly string[];
}

const ADMIN: KafkaUser = { name: 'admin', password: 'admin-pw' };
const USER: KafkaUser = { name: 'sepsis', password: 'sepsis-pw' };

/** Makes authority and certificates in the folder, and the settings for three more listeners on these ports. */
export async function secureKafka(folder: string, ports: readonly number[]): Promise<SecureKafka> {
  const [saslSsl = 0, mutualTls = 0, wrongHost = 0] = ports;
  const certificates = join(folder, 'certificates');
  const authority = await newAuthority(certificates);
  const server = await authority.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']);
  const other = await authority.issue('other.example', ['DNS:other.example']);
  const client = await authority.issue(USER.name);
  const foreign = await newAuthority(certificates, 'foreign-ca');
  const host = 'localhost';
  return {
    saslSsl: `${host}:${saslSsl}`,
    mutualTls: `${host}:${mutualTls}`,
    wrongHost: `${host}:${wrongHost}`,
    ca: authority.ca,
    foreignCa: foreign.ca,
    clientCertificate: client.certificate,
    clientKey: client.key,
    clientKeyStore: client.keyStore,
    admin: ADMIN,
    user: USER,
    formatArguments: [ADMIN, USER].flatMap(({ name, password }) => [
      '-S',
      `SCRAM-SHA-512=[name=${name},password=${password}]`,
      '-S',
      `SCRAM-SHA-256=[name=${name},password=${password}]`,
    ]),
    listeners: [
      { name: 'SASL_SSL', protocol: 'SASL_SSL', port: saslSsl, host },
      { name: 'MTLS', protocol: 'SSL', port: mutualTls, host },
      { name: 'WRONGHOST', protocol: 'SASL_SSL', port: wrongHost, host },
    ],
    settings: {
      'sasl.enabled.mechanisms': 'SCRAM-SHA-512,SCRAM-SHA-256,PLAIN,OAUTHBEARER',
      ...sasl('sasl_ssl'),
      ...sasl('wronghost'),
      ...tls('sasl_ssl', server.keyStore, authority.ca),
      ...tls('wronghost', other.keyStore, authority.ca),
      ...tls('mtls', server.keyStore, authority.ca),
      'listener.name.mtls.ssl.client.auth': 'required',
      // CN=sepsis is User:sepsis.
      'ssl.principal.mapping.rules': 'RULE:^CN=([^,]*).*$/$1/,DEFAULT',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // The brokers talk to each other, and tests make topics and ACLs, over the plain listener on the loopback device.
      'super.users': `User:${ADMIN.name};User:ANONYMOUS`,
      'allow.everyone.if.no.acl.found': 'false',
    },
  };
}

function sasl(listener: string): Record<string, string> {
  const module = 'org.apache.kafka.common.security';
  const users = [ADMIN, USER].map(({ name, password }) => `user_${name}="${password}"`).join(' ');
  const scram = `${module}.scram.ScramLoginModule required;`;
  const key = (mechanism: string): string => `listener.name.${listener}.${mechanism}.sasl.jaas.config`;
  return {
    [key('scram-sha-512')]: scram,
    [key('scram-sha-256')]: scram,
    [key('plain')]: `${module}.plain.PlainLoginModule required ${users};`,
    [key('oauthbearer')]:
      `${module}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="${ADMIN.name}";`,
  };
}

const tls = (listener: string, keyStore: string, trustStore: string): Record<string, string> => ({
  [`listener.name.${listener}.ssl.keystore.type`]: 'PEM',
  [`listener.name.${listener}.ssl.keystore.location`]: keyStore,
  [`listener.name.${listener}.ssl.truststore.type`]: 'PEM',
  [`listener.name.${listener}.ssl.truststore.location`]: trustStore,
});
