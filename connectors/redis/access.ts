import type { Duration } from '../../topology/model/time.ts';
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from './library.ts';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is: one server, the primary that sentinels name, or a cluster known by some of its nodes. */
export type RedisAddress =
  | ({ readonly kind: 'standalone' } & RedisNode)
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisNode[];
      /** What the sentinels call the primary. */
      readonly primary: string;
      readonly sentinelUser?: RedisUser;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[] };

export interface RedisUser {
  /** Of the ACL; without it the default user. */
  readonly name?: string;
  /** Asked for with every new connection, so that it may change while the process runs. */
  readonly password: string | (() => string);
}

/** PEM texts. An empty object: TLS with the authorities of the system. */
export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name that the certificate must bear, where it is not that of the address. */
  readonly servername?: string;
}

/** How Redis is reached. */
export interface RedisAccess {
  readonly address: RedisAddress;
  readonly user?: RedisUser;
  readonly tls?: RedisTls;
  /** How long a connection or an answer is waited for; 5 s unless told. */
  readonly patience?: Duration;
}

export type Client = Redis | Cluster;

const LONGEST_PAUSE_MS = 2_000;
const pauseBefore = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS);

/**
 * A client that has not connected yet. It keeps nothing for later: a command is sent now or refused, and what was
 * under way when a connection ended is refused, never sent again: whether it was done is not known.
 */
export function clientOf({ address, user: given, tls }: RedisAccess, patienceMs: number): Client {
  const user = given && remembering(given);
  const shared = {
    // Flat lists, whatever the server speaks.
    protocol: 2,
    disableClientInfo: true,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: patienceMs,
    socketTimeout: patienceMs,
    ...(user?.name === undefined ? {} : { username: user.name }),
    ...(tls === undefined ? {} : { tls: { ...tls } }),
  } satisfies RedisOptions;
  const single = {
    ...shared,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: pauseBefore,
  } satisfies RedisOptions;
  switch (address.kind) {
    case 'standalone':
      return renewing(new Redis({ ...single, host: address.host, port: address.port }), user);
    case 'sentinel':
      return renewing(new Redis({ ...single, ...sentinelOptions(address, tls, patienceMs) }), user);
    case 'cluster': {
      const options = {
        lazyConnect: true,
        enableOfflineQueue: false,
        clusterRetryStrategy: pauseBefore,
        slotsRefreshTimeout: patienceMs,
        // Each connection to a node takes a copy, and so asks again.
        redisOptions: user === undefined ? shared : withPassword(shared, user),
      } satisfies ClusterOptions;
      return new Cluster(
        address.nodes.map(({ host, port }) => ({ host, port })),
        options,
      );
    }
  }
}

const passwordOf = ({ password }: RedisUser): string =>
  typeof password === 'string' ? password : password();

/**
 * A file with a password is replaced, and for a moment not there: nobody could catch an error then. The password stays what it was, and
 * what Redis says to it is told.
 */
function remembering(user: RedisUser): RedisUser {
  let last = passwordOf(user);
  const password = (): string => {
    try {
      last = passwordOf(user);
    } catch {
      // It is asked for again with the next connection.
    }
    return last;
  };
  return { ...user, password };
}

const withPassword = <O extends object>(options: O, user: RedisUser): O =>
  Object.defineProperty({ ...options }, 'password', {
    enumerable: true,
    get: () => passwordOf(user),
  });

/** The library takes the password of its options each time that it connects. */
function renewing(client: Redis, user: RedisUser | undefined): Redis {
  if (user === undefined) return client;
  const renew = (): void => {
    client.options.password = passwordOf(user);
  };
  renew();
  return client.on('close', renew);
}

function sentinelOptions(
  { sentinels, primary, sentinelUser }: Extract<RedisAddress, { kind: 'sentinel' }>,
  tls: RedisTls | undefined,
  patienceMs: number,
) {
  return {
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    name: primary,
    sentinelRetryStrategy: pauseBefore,
    sentinelCommandTimeout: patienceMs,
    ...(sentinelUser === undefined ? {} : { sentinelPassword: passwordOf(sentinelUser) }),
    ...(sentinelUser?.name === undefined ? {} : { sentinelUsername: sentinelUser.name }),
    ...(tls === undefined ? {} : { sentinelTLS: { ...tls }, enableTLSForSentinelMode: true }),
  };
}
