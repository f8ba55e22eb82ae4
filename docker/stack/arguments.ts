import { parseArgs } from 'node:util';
import { StreamsError } from '../../topology/model/errors.ts';

export const SERVERS = ['kafka', 'registry', 'redis', 'fhir'] as const;

/** Those that the topology needs; a FHIR server is for those who write alerts back to one. */
const UNNAMED = ['kafka', 'registry', 'redis'] as const;

export type ServerName = (typeof SERVERS)[number];

/** What the user asked for. */
export interface Asked {
  readonly command: 'up' | 'down' | 'status' | 'help';
  readonly servers: readonly ServerName[];
  /** The folder that was given; undefined for the temporary one of this user and project. */
  readonly data: string | undefined;
  readonly brokers: 1 | 3;
  readonly secure: boolean;
  /** Kafka has the memory and the collector of its own start script: for the bench. */
  readonly asShipped?: boolean;
}

export const HELP = `Kafka, Schema Registry, Redis and a FHIR server on this machine, without Docker and without root.

  npm run -s stack -- up [kafka] [registry] [redis] [fhir] [--brokers 3] [--secure] [--data DIR]
  npm run -s stack -- status [--data DIR]
  npm run -s stack -- down [--data DIR]

up      starts the named servers, or Kafka, registry and Redis, on free ports of 127.0.0.1, and ends when each answers.
        It prints one line per server with the variables that lead there. What is up already is left as it is.
status  tells address and health of each; exit code 4 when one does not answer.
down    ends what up started, and nothing else.

  --brokers 3   a cluster of three brokers instead of one
  --secure      Kafka with SASL_SSL, mTLS and ACLs, Redis with TLS and a restricted user, the others with a password.
                Kafka's user has no right at first: who connects to KAFKA_ADMIN_BOOTSTRAP_SERVERS may give them
  --data DIR    keeps data and logs in DIR; without it they are in a temporary folder that down removes.
                The FHIR server keeps its resources in memory: they are gone when it is down

The first time the servers are downloaded with mvn, apt-get or pip (about 220 MB, 250 MB more for fhir) and kept. Kafka needs
Java 17 or newer, the registry Java 21 or newer, fhir a JDK 17 or newer. Exit codes: 0 done, 2 wrong usage, 4 something is missing or did not start, 5 stopped.
`;

/** Reads the command line; throws `usage`. */
export function readArguments(argv: readonly string[]): Asked {
  const { values, positionals } = parsed(argv);
  const [command = 'help', ...names] = positionals;
  const wrong = (what: string): StreamsError => new StreamsError('usage', what);
  if (values.help === true || command === 'help') {
    return { command: 'help', servers: [], data: undefined, brokers: 1, secure: false };
  }
  if (command !== 'up' && command !== 'down' && command !== 'status') throw wrong(`No command ${command}.`);
  const servers = names.map((name) => {
    const known = SERVERS.find((server) => server === name);
    if (known === undefined) throw wrong(`No server ${name}; there are ${SERVERS.join(', ')}.`);
    return known;
  });
  const { data, brokers = '1', secure = false } = values;
  if (command !== 'up' && servers.length > 0) throw wrong(`${command} is for all of them: name no server.`);
  if (command !== 'up' && (values.brokers !== undefined || secure)) {
    throw wrong('--brokers and --secure belong to up.');
  }
  if (data === '') throw wrong('--data names no folder.');
  if (brokers !== '1' && brokers !== '3') throw wrong(`--brokers is 1 or 3, not ${brokers}.`);
  if (brokers === '3' && secure) throw wrong('--secure is for one broker.');
  return {
    command,
    servers: servers.length === 0 ? UNNAMED : SERVERS.filter((server) => servers.includes(server)),
    data,
    brokers: brokers === '3' ? 3 : 1,
    secure,
  };
}

function parsed(argv: readonly string[]): {
  values: { data?: string; brokers?: string; secure?: boolean; help?: boolean };
  positionals: string[];
} {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        brokers: { type: 'string' },
        secure: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // The first sentence; the others explain what to do about a name that begins with a hyphen.
    const what = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new StreamsError('usage', `${what}.`, error);
  }
}
