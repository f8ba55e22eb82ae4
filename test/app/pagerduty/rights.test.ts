import { expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../../connectors/schema-registry/schema-registry.ts';
import { bindCodecs } from '../../../schemas/codecs/bind.ts';
import { TOPIC, topicsOf } from '../../../schemas/topics.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { PagerDutyServer } from '../../servers/pagerduty/pagerduty-server.ts';
import { registryWithSchemas } from '../../servers/registry.ts';
import { useServer } from '../../servers/use-server.ts';
import { client, until } from '../run/real-ward.ts';
import { RunProcess } from '../run/run-process.ts';
import { toolArguments, topics } from '../topics/topics-run.ts';
import { freshAlert, ROUTING_KEY } from './paging-stack.ts';

const kafka = useServer(() => kafkaServer({ own: true, secure: true }));
const registry = useServer(registryWithSchemas);
const server = useServer(() => PagerDutyServer.start({ keys: [ROUTING_KEY] }));

async function administrate(mainClass: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await kafka().tool(mainClass, [
    '--bootstrap-server',
    kafka().bootstrap,
    ...args,
  ]);
  expect([code, stdout + stderr]).toEqual([0, expect.not.stringContaining('Exception')]);
}

/** Rights of the role, as they are printed: without those on the journal, or then those that name it. */
async function grant(which: 'without the journal' | 'with the journal'): Promise<void> {
  const { out } = await topics({}, 'acls', 'pagerduty');
  const lines = out
    .split('\n')
    .filter((line) => line.startsWith('kafka-acls '))
    .map(toolArguments);
  const isJournal = (word: string | undefined): boolean => word === TOPIC.pages;
  const granted =
    which === 'with the journal'
      ? lines.filter((line) => line.some(isJournal))
      : lines.map((line) => line.filter((word, i) => !isJournal(word) && !isJournal(line[i + 1])));
  expect(lines).toHaveLength(4);
  await Promise.all(granted.map((line) => administrate('org.apache.kafka.tools.AclCommand', line)));
}

function pagerduty(): RunProcess {
  const { secure } = kafka();
  if (secure === undefined) throw new Error('it is not secured');
  return new RunProcess(['pagerduty', '--slot', 'a'], {
    KAFKA_BOOTSTRAP_SERVERS: secure.saslSsl,
    KAFKA_TLS_CA_FILE: secure.ca,
    KAFKA_USERNAME: 'sepsis-pagerduty',
    KAFKA_PASSWORD: 'pw',
    SCHEMA_REGISTRY_URL: registry().url,
    PAGERDUTY_URL: server().url,
    PAGERDUTY_CA_FILE: server().ca,
    PAGERDUTY_API_KEY: ROUTING_KEY,
  });
}

test('without a right on the journal it ends and names it; with what `topics acls` prints it pages', async () => {
  const driver = client(kafka().bootstrap);
  const names = Object.values(TOPIC);
  await driver.admin().createTopics(names.map((name) => ({ name, partitions: 1 })));
  const scram = 'SCRAM-SHA-512=[iterations=4096,password=pw]';
  const user = ['--entity-type', 'users', '--entity-name', 'sepsis-pagerduty'];
  await administrate('kafka.admin.ConfigCommand', ['--alter', ...user, '--add-config', scram]);

  await grant('without the journal');
  const refused = pagerduty();
  expect(await refused.exit).toBe(4);
  const said = refused.lines.filter(({ event }) => event === undefined).map(({ text }) => String(text));
  expect(said.join('\n')).toMatch(
    /^sepsis-streams: pagerduty cannot begin:\n {2}.*sepsis\.pages.*`sepsis-streams topics acls`/,
  );
  // That topic alone.
  expect(said.filter((line) => /sepsis\.|clinical\./.test(line))).toHaveLength(1);

  await grant('with the journal');
  const sink = pagerduty();
  const codecs = await bindCodecs(
    schemaRegistry({ url: registry().url, authorization: undefined, ca: undefined, clock: systemClock }),
  );
  const alert = freshAlert();
  const value = topicsOf(codecs).alerts.value.encode(alert);
  const record = { key: new TextEncoder().encode(alert.patient), value, timestamp: systemClock.now() };
  await driver.producer().send(TOPIC.alerts, [record]);
  const group = 'sepsis-streams-pagerduty';
  const at = [{ topic: TOPIC.alerts, partition: 0 }];
  const paged = until(async () => {
    const committed = await driver.admin().committed(group, at);
    return committed.get(`${TOPIC.alerts}/0`)?.offset === 1 ? true : undefined;
  });
  await Promise.race([paged, sink.exit.then((code) => Promise.reject(new Error(`${code}: ${sink.text}`)))]);
  expect(server().incidents.all.map(({ key }) => key)).toEqual([alert.alertId]);
  sink.signal('SIGTERM');
  expect(await sink.exit).toBe(0);
  await driver.close();
});
