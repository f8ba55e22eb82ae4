import { isIP } from 'node:net';
import type { API } from '@platformatic/kafka';
import { type Access, certificatesOf, type SaslAccess } from '../kafka-client/access.ts';
import { type Connecting, type Life, Wire as WireOf } from '../kafka-client/wire.ts';
import { AuthenticationError, apiVersionsV3, Connection } from './library.ts';
import { isRefusedAs, translated } from './protocol-error.ts';
import type { SpokenVersions } from './spoken-versions.ts';

/** With one of them it is settled whether a connection is let in anew. */
const ENDS = ['connect', 'error', 'close'] as const;

/**
 * Why a broker hung up on whose certificate it does not trust. It says so when the connection is made by all appearance, and whoever waits
 * for an answer is told by the library only that it is closed.
 */
const distrusted = new WeakMap<Connection, Error>();

async function answer<R>(connection: Connection, asked: Promise<R>): Promise<R> {
  try {
    return await asked;
  } catch (error) {
    throw distrusted.get(connection) ?? error;
  }
}

/** A connection of @platformatic/kafka to one broker for one purpose. */
export class Wire extends WireOf<Connection> {
  constructor(access: Access, address: string, life: Life, versions: SpokenVersions) {
    super(connecting(access, versions), address, life);
  }

  /** @throws StreamsError, saying `what`; where there was no connection nothing was sent, and it is `broker-unavailable`. */
  call<A extends unknown[], R>(api: API<A, R>, what: string, ...args: A): Promise<R> {
    return this.ask(what, (connection) => answer(connection, api.async(connection, ...args)));
  }
}

const connecting = (access: Access, versions: SpokenVersions): Connecting<Connection> => ({
  connect: async (host, port) => {
    const { clientId, sasl, requestTimeout, connectTimeout } = access;
    const tls = certificatesOf(access);
    const connection = new Connection(clientId, {
      requestTimeout,
      connectTimeout,
      maxInflights: 20,
      ...(tls === undefined ? {} : { tls, tlsServerName: isIP(host) === 0 }),
      ...(sasl === undefined ? {} : { sasl: wordsOf(sasl) }),
    });
    // An error of a connection reaches those who wait for an answer; nobody else has to hear it.
    connection.on('error', (error) => {
      if (translated(error, '').code === 'tls-untrusted') distrusted.set(connection, error);
    });
    // It would wait for the end of its session, and be let in anew, when it is gone.
    connection.on('close', () => void connection.close());
    await connection.connect(host, port);
    await answer(connection, versions.assert(connection, `${host}:${port}`));
    return connection;
  },
  letIn,
  ping: (connection) => apiVersionsV3.api.async(connection, 'sepsis-streams', '0'),
  translated,
  answered: (error) => isRefusedAs(error, 'REQUEST_TIMED_OUT'),
});

/** A broker that asks again who it is would hang up on whatever else is asked meanwhile (KIP-368). */
const letIn = async (connection: Connection): Promise<void> => {
  if (connection.status !== 'reauthenticating' || connection.socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const over = (): void => resolve();
  for (const event of ENDS) connection.on(event, over);
  await promise;
  for (const event of ENDS) connection.off(event, over);
};

/** What is said to a broker that asks who it is. */
type Words = NonNullable<NonNullable<ConstructorParameters<typeof Connection>[1]>['sasl']>;

/** A token that is refused is answered as if more were to come: who takes that for a yes is hung up on with all that it asks. */
const wordsOf = (sasl: SaslAccess): Words =>
  sasl.mechanism === 'OAUTHBEARER' ? { ...sasl, authBytesValidator: silence } : sasl;

const silence: NonNullable<Words['authBytesValidator']> = (said, done) => {
  if (said.length > 0) done(new AuthenticationError('The token is refused.'));
  else done(null, said);
};
