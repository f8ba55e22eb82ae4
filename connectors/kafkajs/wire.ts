import { isIP, connect as plain, type Socket } from 'node:net';
import { connect as overTls } from 'node:tls';
import { type Access, certificatesOf, type SaslAccess, type Secret } from '../kafka-client/access.ts';
import { type Connecting, type Life, Wire as WireOf } from '../kafka-client/wire.ts';
import { apiVersions } from './apis.ts';
import {
  type Connection,
  type Exchange,
  type Logger,
  newConnection,
  newDecoder,
  newEncoder,
  type SocketRequest,
} from './library.ts';
import { answered, translated } from './protocol-error.ts';

const KEEP_ALIVE = 60_000;
/** How long before its end a session is renewed at most, and how soon behind its beginning at least: milliseconds. */
const EARLY = 10_000;
const SOONEST = 1_050;

/** A connection of kafkajs to one broker for one purpose. Nothing is tried again here: who asks knows whether that may be. */
export class Wire extends WireOf<Connected> {
  constructor(access: Access, address: string, life: Life) {
    super(connecting(access), address, life);
  }

  /** @throws StreamsError, saying `what`; where there was no connection nothing was sent, and it is `broker-unavailable`. */
  call<A>(exchange: Exchange<A>, what: string): Promise<A> {
    return this.ask(what, ({ connection }) => connection.send(exchange));
  }
}

interface Connected {
  readonly connection: Connection;
  isConnected(): boolean;
  close(): Promise<void>;
}

const connecting = (access: Access): Connecting<Connected> => ({
  connect: (host, port) => connected(access, host, port),
  ping: ({ connection }) => connection.send(apiVersions),
  translated,
  answered,
});

async function connected(access: Access, host: string, port: number): Promise<Connected> {
  const { clientId, sasl, requestTimeout, connectTimeout } = access;
  const tls = certificatesOf(access);
  const opened: { socket?: Socket } = {};
  const connection = newConnection({
    host,
    port,
    logger: SILENT,
    socketFactory: (request) => (opened.socket = socketOf(request)),
    ssl: tls ?? null,
    sasl: sasl === undefined ? null : authentication(sasl),
    clientId,
    requestTimeout,
    connectionTimeout: connectTimeout,
  });
  untroubled(connection);
  renewing(connection);
  const close = async (): Promise<void> => {
    // The library waits for every answer that is still to come: nobody here does.
    connection.requestQueue.rejectAll(new Closed());
    await connection.disconnect();
    opened.socket?.destroy();
  };
  try {
    await connection.connect();
    connection.setVersions(await connection.send(apiVersions));
    connection.setSupportAuthenticationProtocol(true);
    await connection.authenticate();
  } catch (error) {
    close().catch(() => {});
    throw error;
  }
  return { connection, isConnected: () => connection.isConnected(), close };
}

function socketOf({ host, port, ssl, onConnect }: SocketRequest): Socket {
  const named = isIP(host) === 0 ? { servername: host } : {};
  const socket =
    ssl === null ? plain({ host, port }, onConnect) : overTls({ host, port, ...named, ...ssl }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE);
  // Small requests must not wait for the answers to those before them.
  socket.setNoDelay(true);
  return socket;
}

/**
 * The library looks for requests that are kept back, each time after a pause that is negative unless there are some: a timer that never
 * rests, and a warning of Node's.
 */
function untroubled({ requestQueue }: Connection): void {
  const look = requestQueue.scheduleCheckPendingRequests.bind(requestQueue);
  requestQueue.scheduleCheckPendingRequests = () => {
    if (requestQueue.pending.length > 0) look();
  };
}

/**
 * The library renews a session ten seconds before its end: of one that ends sooner, as with a token that is about to, that would be with each
 * request, and a broker refuses it within a second. So it is in the last fifth of it.
 */
function renewing(connection: Connection): void {
  Object.defineProperty(connection, 'reauthenticationThreshold', {
    get: () => {
      const lifetime = Number(connection.sessionLifetime.toString());
      return Math.max(0, Math.min(EARLY, Math.floor(lifetime / 5), lifetime - SOONEST));
    },
  });
}

/** What the library is to say who we are with: looked at each time, so that a secret may change meanwhile. */
function authentication(sasl: SaslAccess): object {
  if (sasl.mechanism === 'OAUTHBEARER')
    return { mechanism: 'oauthbearer', authenticationProvider: bearer(sasl.token) };
  const { mechanism, username, password } = sasl;
  return {
    mechanism: mechanism.toLowerCase(),
    username,
    get password() {
      return revealed(password);
    },
  };
}

interface Asked {
  readonly saslAuthenticate: (words: {
    readonly request: { encode(): Promise<Buffer> };
    readonly response: Exchange<void>['response'];
  }) => Promise<void>;
}

/** As the library does it, but a token that is refused is answered as if more were to come, which it takes for a yes. */
const bearer =
  (token: Secret) =>
  ({ saslAuthenticate }: Asked): { authenticate(): Promise<void> } => ({
    authenticate: () =>
      saslAuthenticate({
        request: {
          encode: async () =>
            newEncoder().writeBytes(Buffer.from(`n,,\x01auth=Bearer ${revealed(token)}\x01\x01`)).buffer,
        },
        response: {
          decode: async (said) => {
            if ((newDecoder(said).readBytes()?.length ?? 0) > 0) throw new Refused();
          },
          parse: () => {},
        },
      }),
  });

const revealed = (secret: Secret): string => (typeof secret === 'string' ? secret : secret());

/** What goes wrong is thrown to whoever asked; what the library would say besides goes nowhere. */
const SILENT: Logger = {
  namespace: () => SILENT,
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

/** The connection was closed on this side. */
class Closed extends Error {
  override readonly name = 'KafkaJSConnectionClosedError';
  constructor() {
    super('Closed here');
  }
}

/** A broker refused a token. */
class Refused extends Error {
  override readonly name = 'KafkaJSSASLAuthenticationError';
  constructor() {
    super('The token is refused');
  }
}
