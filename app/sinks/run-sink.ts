import type { Route } from '../../connectors/http/route.ts';
import type { Access } from '../../connectors/kafka-client/access.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import type { SinkWorker } from '../../connectors/sink/sink-worker.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { KafkaDriver, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { CommandIo } from '../commands/command.ts';
import { reportFailure } from '../commands/failure.ts';
import type { HttpSettings } from '../configuration/http.ts';
import type { DriverName } from '../configuration/kafka.ts';
import { type Operations, serveOperations } from '../http/operations.ts';
import { SinkMetrics } from '../metrics/sink-metrics.ts';
import { driverOf } from '../run/driver-of.ts';
import { logLines } from '../run/log-lines.ts';
import { listenToSignals } from '../run/signals.ts';
import { supervise } from '../run/supervise.ts';
import { topicsReady } from '../run/topics-ready.ts';
import { SinkTelling } from './sink-telling.ts';

/** As long as a container is given to end. */
const LONGEST_END = 30_000;
const REPORT_EVERY_MS = 1_000;

/** A sink, and where its process is told to find things. */
export interface SinkProcess<Checked> {
  /** The command; the consumer group is the application's name with this behind it. */
  readonly name: string;
  readonly options: { readonly application: string; readonly slot: string };
  readonly kafka: Access;
  readonly driver: DriverName;
  readonly http: HttpSettings | undefined;
  /** Topics that it reads and writes. */
  readonly topics: readonly string[];
  /** What it serves beside the usual. */
  readonly routes?: (driver: KafkaDriver) => readonly Route[];
  /** Asks the other side whether it would take anything. */
  readonly check: (context: SinkContext) => Promise<Checked>;
  /** Makes what is to run, without beginning it. */
  readonly make: (context: SinkContext, checked: Checked) => Promise<MadeSink>;
  /** Gives back what it holds. */
  readonly close: () => void;
}

export interface MadeSink {
  readonly worker: SinkWorker<SepsisAlert>;
  /** Runs as long as the worker does, until the signal aborts. */
  readonly beside?: (signal: AbortSignal) => void;
}

export interface SinkContext {
  readonly driver: KafkaDriver;
  readonly telling: SinkTelling;
  /** Aborts when the process is told to end. */
  readonly signal: AbortSignal;
  /** Consumer group of the sink. */
  readonly group: string;
}

/**
 * Runs a sink until it is told to end; resolves to the exit code. What is wrong outside is told before it begins: the other side
 * first, then the topics, then the registry.
 */
export async function runSink<Checked>(sink: SinkProcess<Checked>, io: CommandIo): Promise<number> {
  const { name, kafka, http } = sink;
  const { application, slot } = sink.options;
  const group = `${application}-${name}`;
  const { say } = logLines(io.stderr, { slot, application: group });
  const telling = new SinkTelling(name, new SinkMetrics(name, slot, systemClock), say);
  const driver = await driverOf(sink.driver, kafka, systemClock);
  const routes = sink.routes?.(driver) ?? [];
  const operations = await serveOperations(http, { slots: [slot], clock: systemClock, say, routes });
  const signals = listenToSignals((signal) => {
    say('stopping', { signal });
    operations.workers.stopping();
  });
  const signal = signals.first;
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  let worker: SinkWorker<SepsisAlert> | undefined;
  const work = async (): Promise<void> => {
    const context = { driver, telling, signal, group };
    const begun = async (): Promise<MadeSink> => {
      const checked = await sink.check(context);
      await topicsReady(kafka, telling.telemetry, signal, { command: name, topics: sink.topics });
      return sink.make(context, checked);
    };
    const made = await Promise.race([begun(), stopped]);
    // Nothing has begun that could be ended.
    if (made === undefined || signal.aborted) return;
    worker = made.worker;
    say('started', {});
    const over = new AbortController();
    made.beside?.(over.signal);
    const reporting = reportEverySecond(telling, worker, driver, operations);
    try {
      await worker.run();
    } finally {
      over.abort();
      clearInterval(reporting);
    }
  };
  try {
    const ended = work().then(
      () => 0,
      (error: unknown) => reportFailure(error, io),
    );
    const one = {
      slot,
      ended: ended.then((code) => {
        operations.workers.ended(slot);
        say('ended', { code });
        return code;
      }),
      stop: (): void => void worker?.stop(),
      abort: () => Promise.resolve(),
    };
    return await supervise([one], signals, LONGEST_END);
  } finally {
    signals.close();
    sink.close();
    await operations.close();
    void driver.close().catch(() => {});
  }
}

function reportEverySecond(
  { metrics }: SinkTelling,
  worker: SinkWorker<SepsisAlert>,
  driver: KafkaDriver,
  { workers }: Operations,
): NodeJS.Timeout {
  const endOf = async (at: TopicPartition): Promise<number> => (await driver.admin().offsets(at)).end;
  const report = (): void => void metrics.report(worker, endOf).then((said) => workers.heard(said));
  report();
  return setInterval(report, REPORT_EVERY_MS).unref();
}
