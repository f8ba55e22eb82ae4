import type { Route } from '../../connectors/http/route.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { PagerDutyClient } from '../../connectors/pagerduty/client.ts';
import { PagerDutySink } from '../../connectors/pagerduty/pagerduty-sink.ts';
import { probe } from '../../connectors/pagerduty/probe.ts';
import { ResponseLog } from '../../connectors/pagerduty/response-log.ts';
import { Routing } from '../../connectors/pagerduty/routing.ts';
import { webhookRoute } from '../../connectors/pagerduty/webhook.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { SinkWorker } from '../../connectors/sink/sink-worker.ts';
import { pseudonymOf } from '../../operators/audit-of.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { type Duration, seconds } from '../../topology/model/time.ts';
import type { TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { CommandIo } from '../commands/command.ts';
import { reportFailure } from '../commands/failure.ts';
import { type Operations, serveOperations } from '../http/operations.ts';
import { SinkMetrics } from '../metrics/sink-metrics.ts';
import { logLines } from '../run/log-lines.ts';
import { listenToSignals } from '../run/signals.ts';
import { supervise } from '../run/supervise.ts';
import type { PagingSettings } from './pagerduty-settings.ts';
import { Telling } from './telling.ts';

/** As long as a container is given to end. */
const LONGEST_END = 30_000;
const REPORT_EVERY_MS = 1_000;
const PROBE: Duration = seconds(5);

/** Pages until it is told to end; resolves to the exit code. @throws StreamsError of what is wrong before it begins. */
export async function page(settings: PagingSettings, io: CommandIo): Promise<number> {
  const { application, slot } = settings.options;
  const log = logLines(io.stderr, { slot, application: `${application}-pagerduty` });
  const telling = new Telling(new SinkMetrics('pagerduty', slot, systemClock), log.say);
  const driver = new PlatformaticDriver(settings.kafka, systemClock);
  const responses = new ResponseLog(driver, systemClock);
  const operations = await serveOperations(settings.http, {
    slots: [slot],
    clock: systemClock,
    say: log.say,
    routes: webhooks(settings, responses),
  });
  const signals = listenToSignals((signal) => {
    log.say('stopping', { signal });
    operations.workers.stopping();
  });
  let worker: SinkWorker<SepsisAlert> | undefined;
  const work = async (): Promise<void> => {
    await assertTrusted(settings, telling);
    const client = clientOf(settings);
    const { sink, worker: made } = await workerOf(settings, driver, client, telling);
    worker = made;
    // Told to end before there was anything to end.
    if (signals.first.aborted) return;
    log.say('started', {});
    const over = new AbortController();
    void responses.follow(
      (response) => sink.responded(response),
      over.signal,
      (code) => telling.retrying(code, ''),
    );
    const reporting = reportEverySecond(telling, made, driver, operations);
    try {
      await made.run();
    } finally {
      over.abort();
      clearInterval(reporting);
      client.close();
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
        log.say('ended', { code });
        return code;
      }),
      stop: (): void => void worker?.stop(),
      abort: () => Promise.resolve(),
    };
    return await supervise([one], signals, LONGEST_END);
  } finally {
    signals.close();
    await operations.close();
    void driver.close().catch(() => {});
  }
}

const webhooks = ({ pagerDuty: { webhookSecret } }: PagingSettings, log: ResponseLog): readonly Route[] =>
  webhookSecret === undefined
    ? []
    : [
        webhookRoute({
          secret: webhookSecret,
          now: () => systemClock.now(),
          responded: (response) => log.append(response),
        }),
      ];

/** Somebody else at the address is an error of the configuration; that nobody is there may pass. */
async function assertTrusted({ pagerDuty: { url, ca } }: PagingSettings, telling: Telling): Promise<void> {
  const failure = await probe(url, ca, PROBE);
  if (failure?.kind === 'untrusted')
    throw new StreamsError(
      'pagerduty-tls-untrusted',
      `The certificate of who answers at ${url} is not trusted (${failure.why}).`,
    );
  if (failure !== undefined) telling.retrying('pagerduty-unavailable', failure.why);
}

const clientOf = ({ pagerDuty: { url, ca } }: PagingSettings): PagerDutyClient =>
  new PagerDutyClient({ url, clock: systemClock, ...(ca === undefined ? {} : { ca }) });

async function workerOf(
  { options, registry, pagerDuty }: PagingSettings,
  driver: PlatformaticDriver,
  client: PagerDutyClient,
  telling: Telling,
): Promise<{ readonly sink: PagerDutySink; readonly worker: SinkWorker<SepsisAlert> }> {
  const onRetrying = (code: string): void => telling.retrying(code, '');
  const topics = topicsOf(await bindCodecs(schemaRegistry({ ...registry, clock: systemClock, onRetrying })));
  // The same as the topology's: one patient has one pseudonym in the audit trail.
  const { pseudonymSecret } = screeningRules();
  const sink = new PagerDutySink({
    driver,
    clock: systemClock,
    chance: Math.random,
    client,
    routing: new Routing(pagerDuty.routing, () => telling.say('routing-unreadable', {})),
    policy: pagerDuty.policy,
    content: pagerDuty.content,
    rate: pagerDuty.rate,
    audit: topics.audit,
    pseudonymOf: (patient) => pseudonymOf(pseudonymSecret, patient),
    telemetry: telling,
  });
  const worker = new SinkWorker({
    driver,
    clock: systemClock,
    sink,
    topic: topics.alerts,
    application: `${options.application}-pagerduty`,
    slot: options.slot,
    deadLetters: TOPIC.deadLetters,
    ...(options.from === undefined ? {} : { from: options.from }),
    retrying: onRetrying,
    deadLettered: (reason) => telling.deadLettered(reason),
    chance: Math.random,
  });
  return { sink, worker };
}

function reportEverySecond(
  { metrics }: Telling,
  worker: SinkWorker<SepsisAlert>,
  driver: PlatformaticDriver,
  { workers }: Operations,
): NodeJS.Timeout {
  const endOf = async (at: TopicPartition): Promise<number> => (await driver.admin().offsets(at)).end;
  const report = (): void => void metrics.report(worker, endOf).then((said) => workers.heard(said));
  report();
  return setInterval(report, REPORT_EVERY_MS).unref();
}
