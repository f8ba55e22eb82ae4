import type { API } from '@platformatic/kafka';
import type { Access } from '../kafka-client/access.ts';
import { type Connecting, type Life, Wire as WireOf } from '../kafka-client/wire.ts';
import { apiVersionsV3, Connection } from './library.ts';
import { isRefusedAs, translated } from './protocol-error.ts';
import type { SpokenVersions } from './spoken-versions.ts';

/** A connection of @platformatic/kafka to one broker for one purpose. */
export class Wire extends WireOf<Connection> {
  constructor(access: Access, address: string, life: Life, versions: SpokenVersions) {
    super(connecting(access, versions), address, life);
  }

  /** @throws StreamsError, saying `what`; where there was no connection nothing was sent, and it is `broker-unavailable`. */
  call<A extends unknown[], R>(api: API<A, R>, what: string, ...args: A): Promise<R> {
    return this.ask(what, (connection) => api.async(connection, ...args));
  }
}

const connecting = (access: Access, versions: SpokenVersions): Connecting<Connection> => ({
  connect: async (host, port) => {
    const { clientId, tls, sasl, requestTimeout, connectTimeout } = access;
    const connection = new Connection(clientId, {
      requestTimeout,
      connectTimeout,
      maxInflights: 20,
      ...(tls === undefined ? {} : { tls, tlsServerName: true }),
      ...(sasl === undefined ? {} : { sasl }),
    });
    // An error of a connection reaches those who wait for an answer; nobody else has to hear it.
    connection.on('error', () => {});
    await connection.connect(host, port);
    await versions.assert(connection, `${host}:${port}`);
    return connection;
  },
  ping: (connection) => apiVersionsV3.api.async(connection, 'sepsis-streams', '0'),
  translated,
  answered: (error) => isRefusedAs(error, 'REQUEST_TIMED_OUT'),
});
