import { Inlet } from '../../connectors/fhir-producer/inlet.ts';
import { inletRoutes, refusalOutcome } from '../../connectors/fhir-producer/inlet-routes.ts';
import { Sending } from '../../connectors/fhir-producer/sending.ts';
import { startHttpServer } from '../../connectors/http/server.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { CommandIo } from '../commands/command.ts';
import type { HttpSettings } from '../configuration/http.ts';
import { type KafkaTarget, openTarget } from './kafka-target.ts';
import { KafkaWatch } from './kafka-watch.ts';
import { PublishOperations } from './publish-operations.ts';
import type { PublishInlet } from './publish-options.ts';
import { serveUntilTold } from './serving.ts';
import { shapingOf } from './shaping.ts';

/** Those who post at the same time share a batch. What waits in memory is bounded: beyond it 503 is answered. */
const BATCHING = { linger: milliseconds(2), batchRecords: 1_000, batchBytes: 1_000_000, maxPending: 20_000 };

export interface ListenSettings extends HttpSettings {
  readonly token: () => string;
}

/** Takes in what is posted until it is told to end. Resolves to the exit code. @throws StreamsError */
export async function listenForFhir(
  options: PublishInlet,
  kafka: KafkaTarget,
  http: ListenSettings,
  io: CommandIo,
): Promise<number> {
  const shaping = await shapingOf(options);
  const open = await openTarget(kafka, { createTopics: options.createTopics, batching: BATCHING }, (line) => {
    io.stderr.write(`${line}\n`);
  });
  try {
    return await serveUntilTold(
      {
        work: async (signal, say) => {
          const sending = new Sending(open.producer, systemClock, shaping);
          const operations = new PublishOperations(sending.published, http.token);
          const watch = new KafkaWatch(() => open.reach(), operations, systemClock, signal);
          const inlet = new Inlet(sending, shaping, watch);
          const server = await startHttpServer({
            ...http,
            routes: [...inletRoutes(inlet, http.token), ...operations.routes],
            refused: refusalOutcome,
            onFailure: (_, error) =>
              say('http-failed', { error: error instanceof Error ? error.name : typeof error }),
          });
          const end = operations.begin();
          say('listening', { host: http.host, port: server.port });
          if (!signal.aborted)
            await new Promise<void>((resolve) => {
              signal.addEventListener('abort', () => resolve(), { once: true });
            });
          operations.workers.stopping();
          await server.close();
          end();
        },
      },
      io,
    );
  } finally {
    await open.close();
  }
}
