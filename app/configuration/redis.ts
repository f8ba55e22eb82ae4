import type { RedisSnapshotOptions } from '../../connectors/redis/snapshot-store.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import { secretOf, textIn, whatOf } from './secret.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables, a line each, for help. */
export const REDIS_VARIABLES: string = `  REDIS_HOST                 keeps snapshots of the state; without it a restart replays the log
  REDIS_PORT                 6379 unless set
  REDIS_USERNAME             of the ACL
  REDIS_PASSWORD             or REDIS_PASSWORD_FILE
  REDIS_TLS_CA_FILE          TLS, trusting these certificates in PEM
`;

/** Reads the variables of Redis; undefined when no host is named. What is wrong is added to `faults`. */
export function redisSettings(environment: Environment, faults: string[]): RedisSnapshotOptions | undefined {
  const host = environment['REDIS_HOST'] ?? '';
  const port = Number(environment['REDIS_PORT'] ?? '6379');
  const name = environment['REDIS_USERNAME'] ?? '';
  const password = secretOf(environment, 'REDIS_PASSWORD', faults);
  if (host === '') return undefined;
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    faults.push(`REDIS_PORT is ${environment['REDIS_PORT']}: give a number from 1 to 65535.`);
  if (name !== '' && password === undefined)
    faults.push('REDIS_PASSWORD is not set, but REDIS_USERNAME is: give both.');
  const ca = caIn(environment['REDIS_TLS_CA_FILE'] ?? '', faults);
  return {
    address: { kind: 'standalone', host, port },
    ...(password === undefined ? {} : { user: { ...(name === '' ? {} : { name }), password: password() } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  };
}

function caIn(file: string, faults: string[]): string | undefined {
  if (file === '') return undefined;
  try {
    return textIn(file, 'REDIS_TLS_CA_FILE');
  } catch (error) {
    if (!isStreamsError(error)) throw error;
    faults.push(whatOf(error));
    return undefined;
  }
}
