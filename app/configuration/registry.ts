import { basic, bearer } from '../../connectors/schema-registry/authorization.ts';
import type { SchemaRegistryOptions } from '../../connectors/schema-registry/options.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { secretOf, textIn, whatOf } from './secret.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says of the registry; the rest is the caller's. */
export type RegistrySettings = Pick<SchemaRegistryOptions, 'url' | 'authorization' | 'ca'>;

/** The variables, a line each, for help. */
export const REGISTRY_VARIABLES: string = `  SCHEMA_REGISTRY_URL        its base, such as https://registry.example.org:8081 or with a path
  SCHEMA_REGISTRY_USERNAME   for basic authorization, with SCHEMA_REGISTRY_PASSWORD
  SCHEMA_REGISTRY_PASSWORD   or SCHEMA_REGISTRY_PASSWORD_FILE, a file that holds it
  SCHEMA_REGISTRY_TOKEN      for bearer authorization, or SCHEMA_REGISTRY_TOKEN_FILE
  SCHEMA_REGISTRY_CA_FILE    certificates in PEM to trust in place of the usual ones
`;

/** Reads the registry's variables. What is wrong is added to `faults`, each naming its variable and the mend. */
export function registrySettings(environment: Environment, faults: string[]): RegistrySettings {
  const url = urlIn(environment['SCHEMA_REGISTRY_URL'] ?? '', faults);
  return {
    url,
    authorization: authorizationIn(environment, faults),
    ca: caIn(environment['SCHEMA_REGISTRY_CA_FILE'] ?? '', url, faults),
  };
}

/** @throws StreamsError `configuration`, with every fault. */
export function registryConfiguration(environment: Environment): RegistrySettings {
  const faults: string[] = [];
  const settings = registrySettings(environment, faults);
  if (faults.length === 0) return settings;
  const list = faults.map((fault) => `  ${fault}\n`).join('');
  throw new StreamsError('configuration', `The Schema Registry cannot be asked:\n${list}`);
}

function urlIn(text: string, faults: string[]): string {
  const name = 'SCHEMA_REGISTRY_URL';
  const wrong = (why: string): string => {
    faults.push(`${name} ${why}`);
    return '';
  };
  if (text === '')
    return wrong('is not set: give the base of the registry, such as https://registry.example.org:8081.');
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return wrong('is no http or https address: write it like https://registry.example.org:8081.');
  if (url.username !== '' || url.password !== '')
    return wrong('holds a user: give SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD in place of it.');
  if (url.search !== '' || url.hash !== '') return wrong('ends in a query or fragment: leave that away.');
  if (url.pathname.includes(',') || url.host.includes(','))
    return wrong('holds several addresses: give one.');
  return url.href.replace(/\/+$/, '');
}

function authorizationIn(environment: Environment, faults: string[]): (() => string) | undefined {
  const name = environment['SCHEMA_REGISTRY_USERNAME'] ?? '';
  const password = secretOf(environment, 'SCHEMA_REGISTRY_PASSWORD', faults);
  const token = secretOf(environment, 'SCHEMA_REGISTRY_TOKEN', faults, sendable);
  if (token !== undefined && (name !== '' || password !== undefined))
    faults.push(
      'SCHEMA_REGISTRY_TOKEN and SCHEMA_REGISTRY_USERNAME exclude each other: keep one of the two ways.',
    );
  if (name !== '' && password === undefined)
    faults.push('SCHEMA_REGISTRY_PASSWORD is not set, but SCHEMA_REGISTRY_USERNAME is: give both.');
  if (name === '' && password !== undefined)
    faults.push('SCHEMA_REGISTRY_USERNAME is not set, but SCHEMA_REGISTRY_PASSWORD is: give both.');
  if (name.includes(':'))
    faults.push(
      'SCHEMA_REGISTRY_USERNAME holds a colon, which basic authorization cannot carry: use another user.',
    );
  if (token !== undefined) return () => bearer(token());
  return password === undefined ? undefined : () => basic(name, password());
}

/** A header of HTTP carries no line feed and nothing beyond ASCII. */
function sendable(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new StreamsError(
    'configuration',
    'SCHEMA_REGISTRY_TOKEN holds a character that no token has, such as a space: give the bare token.',
  );
}

function caIn(file: string, url: string, faults: string[]): string | undefined {
  const name = 'SCHEMA_REGISTRY_CA_FILE';
  if (file === '') return undefined;
  if (url.startsWith('http:'))
    faults.push(
      `${name} is set, but SCHEMA_REGISTRY_URL is not https: leave the one away or mend the other.`,
    );
  try {
    const ca = textIn(file, name);
    if (ca.includes('-----BEGIN CERTIFICATE-----')) return ca;
    faults.push(
      `${name} names ${file}, which holds no certificate in PEM: give one of the registry's authority.`,
    );
  } catch (error) {
    if (!(error instanceof StreamsError)) throw error;
    faults.push(whatOf(error));
  }
  return undefined;
}
