import type { RedisAddress, RedisNode, RedisTls, RedisUser } from '../../connectors/redis/access.ts';
import type { RedisSnapshotOptions } from '../../connectors/redis/snapshot-store.ts';
import { pemIn } from './pem.ts';
import { secretOf } from './secret.ts';
import { encryptionKeys } from './snapshot-keys.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables, a line each, for help. */
export const REDIS_VARIABLES: string = `  REDIS_HOST                 keeps snapshots of the state; without any Redis a restart replays the log
  REDIS_PORT                 6379 unless set
  REDIS_SENTINELS            in place of REDIS_HOST: host:port of each sentinel, with commas between
  REDIS_SENTINEL_PRIMARY     what the sentinels call the primary; their own login, if they have one, is
  REDIS_SENTINEL_USERNAME    and REDIS_SENTINEL_PASSWORD or REDIS_SENTINEL_PASSWORD_FILE
  REDIS_CLUSTER_NODES        in place of REDIS_HOST: host:port of some nodes of a cluster
  REDIS_USERNAME             of the ACL
  REDIS_PASSWORD             or REDIS_PASSWORD_FILE, which is read again with each new connection
  REDIS_TLS                  true: TLS, trusting the authorities of the system; or these certificates in PEM:
  REDIS_TLS_CA_FILE          and, where the server asks for a client certificate,
  REDIS_TLS_CERT_FILE        with REDIS_TLS_KEY_FILE
  SNAPSHOT_KEYS              encrypts snapshots (AES-256-GCM): id:base64 of 32 bytes, with commas or lines
                             between; the first writes, all of them read. Or SNAPSHOT_KEYS_FILE
`;

/** Reads the variables of Redis; undefined when none is named. What is wrong is added to `faults`. */
export function redisSettings(environment: Environment, faults: string[]): RedisSnapshotOptions | undefined {
  const address = addressIn(environment, faults);
  const user = userIn(environment, 'REDIS', faults);
  const tls = tlsIn(environment, faults);
  const encryption = encryptionKeys(environment, faults);
  if (address === undefined) return undefined;
  return {
    address,
    ...(user && { user }),
    ...(tls && { tls }),
    ...(encryption && { encryption }),
  };
}

const WAYS = ['REDIS_HOST', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'] as const;

function addressIn(environment: Environment, faults: string[]): RedisAddress | undefined {
  const given = WAYS.filter((name) => (environment[name] ?? '') !== '');
  if (given.length > 1) faults.push(`${given.join(' and ')} are set: keep one of them.`);
  switch (given[0]) {
    case 'REDIS_HOST': {
      const named = environment['REDIS_PORT'] ?? '';
      const port = named === '' ? 6379 : Number(named);
      if (!isPort(port)) faults.push(`REDIS_PORT is ${named}: give a number from 1 to 65535.`);
      return { kind: 'standalone', host: environment['REDIS_HOST'] ?? '', port };
    }
    case 'REDIS_SENTINELS': {
      const primary = environment['REDIS_SENTINEL_PRIMARY'] ?? '';
      if (primary === '')
        faults.push(
          'REDIS_SENTINEL_PRIMARY is not set: give the name that the sentinels have for the primary.',
        );
      const sentinelUser = userIn(environment, 'REDIS_SENTINEL', faults);
      const sentinels = nodesIn(environment, 'REDIS_SENTINELS', faults);
      return { kind: 'sentinel', sentinels, primary, ...(sentinelUser && { sentinelUser }) };
    }
    case 'REDIS_CLUSTER_NODES':
      return { kind: 'cluster', nodes: nodesIn(environment, 'REDIS_CLUSTER_NODES', faults) };
    default:
      return undefined;
  }
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

function nodesIn(environment: Environment, variable: string, faults: string[]): readonly RedisNode[] {
  return (environment[variable] ?? '').split(',').flatMap((text): readonly RedisNode[] => {
    const colon = text.lastIndexOf(':');
    const host = text.slice(0, Math.max(colon, 0)).trim();
    const port = Number(text.slice(colon + 1));
    if (host !== '' && isPort(port)) return [{ host, port }];
    faults.push(
      `${variable} has ${text.trim() || 'an empty entry'}: give host:port of each, with commas between.`,
    );
    return [];
  });
}

function userIn(environment: Environment, prefix: string, faults: string[]): RedisUser | undefined {
  const name = environment[`${prefix}_USERNAME`] ?? '';
  const password = secretOf(environment, `${prefix}_PASSWORD`, faults);
  if (name !== '' && password === undefined)
    faults.push(`${prefix}_PASSWORD is not set, but ${prefix}_USERNAME is: give both.`);
  return password === undefined ? undefined : { ...(name === '' ? {} : { name }), password };
}

function tlsIn(environment: Environment, faults: string[]): RedisTls | undefined {
  const wanted = environment['REDIS_TLS'] ?? '';
  if (!['', 'true', 'false'].includes(wanted)) faults.push(`REDIS_TLS is ${wanted}: give true or false.`);
  const [ca, cert, key] = ['CA', 'CERT', 'KEY'].map((what) =>
    pemIn(environment, `REDIS_TLS_${what}_FILE`, faults),
  );
  if ((cert === undefined) !== (key === undefined))
    faults.push('REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE belong together: give both or none.');
  if (wanted !== 'true' && ca === undefined && cert === undefined) return undefined;
  if (wanted === 'false')
    faults.push('REDIS_TLS is false, but its certificates are given: keep one of them.');
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}
