import type { Route } from '../../connectors/http/route.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { PagerDutyClient } from '../../connectors/pagerduty/client.ts';
import { PagerDutySink } from '../../connectors/pagerduty/pagerduty-sink.ts';
import { ResponseLog } from '../../connectors/pagerduty/response-log.ts';
import { Routing } from '../../connectors/pagerduty/routing.ts';
import { webhookRoute } from '../../connectors/pagerduty/webhook.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { pseudonymOf } from '../../operators/audit-of.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';
import type { CommandIo } from '../commands/command.ts';
import { type MadeSink, runSink, type SinkContext } from '../sinks/run-sink.ts';
import { workerOf } from '../sinks/worker-of.ts';
import type { PagingSettings } from './pagerduty-settings.ts';
import { checkPagerDuty } from './start-check.ts';
import { pagerDutyTelemetry } from './telling.ts';

const TOPICS = [TOPIC.alerts, TOPIC.audit, TOPIC.deadLetters, TOPIC.pages, TOPIC.pageResponses];

/** Pages until it is told to end; resolves to the exit code. @throws StreamsError of what is wrong before it begins. */
export function page(settings: PagingSettings, io: CommandIo): Promise<number> {
  const { url, ca, routing, webhookSecret } = settings.pagerDuty;
  const client = new PagerDutyClient({ url, clock: systemClock, ...(ca === undefined ? {} : { ca }) });
  const send = client.send.bind(client);
  return runSink(
    {
      ...settings,
      name: 'pagerduty',
      topics: TOPICS,
      routes: (driver) => (webhookSecret === undefined ? [] : [webhook(webhookSecret, driver)]),
      check: ({ telling, signal }) => checkPagerDuty({ url, routing, send }, telling, signal),
      make: (context) => made(settings, context, client),
      close: () => client.close(),
    },
    io,
  );
}

function webhook(secret: () => string, driver: KafkaDriver): Route {
  const responses = new ResponseLog(driver, systemClock);
  const responded = responses.append.bind(responses);
  return webhookRoute({ secret, now: () => systemClock.now(), responded });
}

async function made(
  { options, registry, pagerDuty, pseudonymSecret }: PagingSettings,
  context: SinkContext,
  client: PagerDutyClient,
): Promise<MadeSink> {
  const { driver, telling } = context;
  const retrying = (code: string): void => telling.retrying(code);
  const topics = topicsOf(
    await bindCodecs(schemaRegistry({ ...registry, clock: systemClock, onRetrying: retrying })),
  );
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
    // The same as the topology's: one patient has one pseudonym in the audit trail.
    pseudonymOf: (patient) => pseudonymOf(pseudonymSecret, patient),
    telemetry: pagerDutyTelemetry(telling),
  });
  const worker = workerOf(sink, topics.alerts, options, context);
  const responses = new ResponseLog(driver, systemClock);
  const responded = sink.responded.bind(sink);
  return { worker, beside: (signal) => void responses.follow(responded, signal, retrying) };
}
