import { FhirConnection } from '../../connectors/ehr/connection.ts';
import type { FhirOptions } from '../../connectors/ehr/options.ts';
import { Sending } from '../../connectors/fhir-producer/sending.ts';
import { CursorFile } from '../../connectors/fhir-source/cursor-file.ts';
import { Poller } from '../../connectors/fhir-source/poller.ts';
import { startHttpServer } from '../../connectors/http/server.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { CommandIo } from '../commands/command.ts';
import type { HttpSettings } from '../configuration/http.ts';
import { type KafkaTarget, openTarget } from './kafka-target.ts';
import { PublishOperations } from './publish-operations.ts';
import type { PublishServer } from './publish-options.ts';
import { renderPublished } from './publish-summary.ts';
import { serveUntilTold } from './serving.ts';
import { shapingOf } from './shaping.ts';

/** A page goes out as one. */
const BATCHING = { linger: milliseconds(0), batchRecords: 1_000, batchBytes: 8_000_000, maxPending: 100_000 };
/** With pauses that double from 300 ms up: about three minutes. */
const TRIES_ONCE = 10;

/** Reads a FHIR server until it is told to end, or one round long. Resolves to the exit code. @throws StreamsError */
export async function pollServer(
  options: PublishServer,
  kafka: KafkaTarget,
  fhir: FhirOptions,
  http: HttpSettings | undefined,
  io: CommandIo,
): Promise<number> {
  const began = performance.now();
  const { createTopics, server } = options;
  const { searches, cursor, since, overlap, every, pageSize, once } = server;
  const shaping = await shapingOf(options);
  const cursors = new CursorFile(cursor, fhir.base);
  // Before anything is asked of anybody: a wrong file, or one that cannot be written, is the commonest slip.
  await cursors.save(await cursors.load());
  const open = await openTarget(kafka, { createTopics, batching: BATCHING }, (line) => {
    io.stderr.write(`${line}\n`);
  });
  const connection = new FhirConnection(fhir);
  const sending = new Sending(open.producer, systemClock, shaping);
  const operations = new PublishOperations(sending.published, http?.token);
  let end = (): Promise<void> => Promise.resolve();
  try {
    const code = await serveUntilTold(
      {
        work: async (signal, say) => {
          end = await served(operations, http, say);
          const poller = await Poller.from({
            connection,
            searches,
            overlap,
            pageSize,
            since,
            cursors,
            clock: systemClock,
            chance: Math.random,
            tries: once ? TRIES_ONCE : Number.POSITIVE_INFINITY,
            retrying: (code) => {
              operations.retrying(code);
              say('retrying', { code });
            },
            worked: () => operations.worked(),
            publish: (resources) =>
              sending.send(
                resources.map((value) => ({ value })),
                (_, { reason }) => say('dead-letter', { step: 'publish', reason }),
              ),
          });
          say('started', { server: fhir.base });
          do {
            const published = await poller.round(signal).catch((error: unknown) => {
              throw once && signal.aborted && error === signal.reason ? stopped() : error;
            });
            if (published > 0) say('published', { resources: published });
            if (!once) await systemClock.sleep(every, signal);
          } while (!once && !signal.aborted);
        },
      },
      io,
    );
    const seconds = (performance.now() - began) / 1_000;
    if (once && code === 0)
      io.stdout.write(`${renderPublished(sending.published, seconds, false).join('\n')}\n`);
    return code;
  } finally {
    connection.close();
    await end();
    await open.close();
  }
}

const stopped = (): StreamsError =>
  new StreamsError('publish-stopped', 'Stopped by a signal before the end of the round.');

/** Begins to serve, where a port is named; gives what ends it. */
async function served(
  operations: PublishOperations,
  http: HttpSettings | undefined,
  say: (event: string, fields: Readonly<Record<string, string | number>>) => void,
): Promise<() => Promise<void>> {
  if (http === undefined) return () => Promise.resolve();
  const server = await startHttpServer({
    ...http,
    routes: operations.routes,
    onFailure: (path) => say('http-failed', { path }),
  });
  say('listening', { host: http.host, port: server.port });
  const end = operations.begin();
  return async () => {
    operations.workers.stopping();
    end();
    await server.close();
  };
}
