import type { Route } from '../../connectors/http/route.ts';
import type { Access } from '../../connectors/kafka-client/access.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';
import type { CommandIo } from '../commands/command.ts';
import { reportFailure } from '../commands/failure.ts';
import type { HttpSettings } from '../configuration/http.ts';
import type { DriverName } from '../configuration/kafka.ts';
import { type Operations, serveOperations } from '../http/operations.ts';
import { type EndsOf, type ReportedSink, SinkMetrics } from '../metrics/sink-metrics.ts';
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
  /** Of a second worker, where there is one: its group and its metrics are the first's with this behind them. */
  readonly second?: string;
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

/** What is asked of a worker of a sink, whatever it carries out. */
interface Worker extends ReportedSink {
  run(): Promise<void>;
  stop(): Promise<void>;
}

export interface MadeSink {
  readonly worker: Worker;
  /** When the process has a second one. */
  readonly second?: Worker;
  /** Runs as long as the worker does, until the signal aborts. */
  readonly beside?: (signal: AbortSignal) => void;
}

export interface SecondContext {
  readonly driver: KafkaDriver;
  readonly telling: SinkTelling;
  /** Consumer group of the worker. */
  readonly group: string;
}

export interface SinkContext extends SecondContext {
  /** Aborts when the process is told to end. */
  readonly signal: AbortSignal;
  readonly second: SecondContext | undefined;
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
  const second = secondOf(sink, driver, say);
  const slots = [slot, ...(second === undefined ? [] : [second.reportedAs])];
  const routes = sink.routes?.(driver) ?? [];
  const operations = await serveOperations(http, { slots, clock: systemClock, say, routes });
  const signals = listenToSignals((signal) => {
    say('stopping', { signal });
    operations.workers.stopping();
  });
  const signal = signals.first;
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  let workers: readonly Worker[] = [];
  const work = async (): Promise<void> => {
    const context = { driver, telling, signal, group, second };
    const begun = async (): Promise<MadeSink> => {
      const checked = await sink.check(context);
      await topicsReady(kafka, telling.telemetry, signal, { command: name, topics: sink.topics });
      return sink.make(context, checked);
    };
    const made = await Promise.race([begun(), stopped]);
    // Nothing has begun that could be ended.
    if (made === undefined || signal.aborted) return;
    workers = made.second === undefined ? [made.worker] : [made.worker, made.second];
    say('started', {});
    const over = new AbortController();
    made.beside?.(over.signal);
    const reporting = [reportEverySecond(telling, made.worker, slot, driver, operations)];
    if (made.second !== undefined && second !== undefined)
      reporting.push(reportEverySecond(second.telling, made.second, second.reportedAs, driver, operations));
    try {
      await Promise.all(workers.map((one) => one.run()));
    } finally {
      over.abort();
      // One that cannot go on ends the process, and with it the other.
      await Promise.all(workers.map((one) => one.stop()));
      for (const one of reporting) clearInterval(one);
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
        for (const each of slots) operations.workers.ended(each);
        say('ended', { code });
        return code;
      }),
      stop: (): void => {
        for (const worker of workers) void worker.stop();
      },
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

/** What a second worker is told, and the name under which its health is told. */
function secondOf(
  { name, second, options: { application, slot } }: Pick<SinkProcess<unknown>, 'name' | 'second' | 'options'>,
  driver: KafkaDriver,
  say: SinkTelling['say'],
): (SecondContext & { readonly reportedAs: string }) | undefined {
  if (second === undefined) return undefined;
  const full = `${name}-${second}`;
  const telling = new SinkTelling(full, new SinkMetrics(full, slot, systemClock), say);
  return { driver, telling, group: `${application}-${full}`, reportedAs: `${slot} ${second}` };
}

function reportEverySecond(
  { metrics }: SinkTelling,
  worker: ReportedSink,
  reportedAs: string,
  driver: KafkaDriver,
  { workers }: Operations,
): NodeJS.Timeout {
  const endsOf: EndsOf = (at) => driver.admin().ends(at);
  const report = (): void =>
    void metrics.report(worker, endsOf).then((said) => workers.heard({ ...said, slot: reportedAs }));
  report();
  return setInterval(report, REPORT_EVERY_MS).unref();
}
