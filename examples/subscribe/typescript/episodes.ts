/**
 * Reads the alerts topic from its beginning to its end, folds it to episodes, and prints a line of JSON for each:
 *
 *     npx node examples/subscribe/typescript/episodes.ts BROKERS REGISTRY_URL
 *
 * The driver is this project's own: the Node clients that there are hand out records of aborted transactions in some cases.
 */
import {
  bindCodecs,
  PlatformaticDriver,
  type SepsisAlert,
  schemaRegistry,
  systemClock,
  TOPIC,
} from 'sepsis-streams';

const [brokers, registry] = process.argv.slice(2);
if (brokers === undefined || registry === undefined) throw new Error('Give BROKERS and REGISTRY_URL.');

const driver = new PlatformaticDriver(
  // A secured cluster: `sasl` and `tls` stand here too.
  { clientId: 'episodes', bootstrap: brokers.split(','), requestTimeout: 10_000, connectTimeout: 3_000 },
  systemClock,
);
const { sepsisAlert } = await bindCodecs(schemaRegistry({ url: registry, clock: systemClock }));

/** What is known of each alert: the last of its records. */
const alerts = new Map<string, SepsisAlert>();

function fold(alert: SepsisAlert): void {
  if (alert.status === 'RETRACTED') alerts.delete(alert.alertId);
  else alerts.set(alert.alertId, alert);
}

// Committed records alone, outside any consumer group.
const partitions = (await driver.admin().partitions([TOPIC.alerts])).get(TOPIC.alerts) ?? 0;
for (let partition = 0; partition < partitions; partition++) {
  const at = { topic: TOPIC.alerts, partition };
  const { start, end } = await driver.admin().offsets(at);
  await driver.read(at, start, end, ({ records }) => {
    for (const { value } of records) if (value !== null) fold(sepsisAlert.decode(value));
  });
}
await driver.close();

const iso = (t: number): string => new Date(t).toISOString();

const episodes = [...alerts.values()].map(({ patient, start, end, peak, history }) => ({
  patient,
  start: iso(start),
  end: iso(end),
  peak,
  onset_met: [...(history[0]?.met ?? [])].sort(),
}));
const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
episodes.sort((a, b) => inOrder(a.patient, b.patient) || inOrder(a.start, b.start));
for (const episode of episodes) console.log(JSON.stringify(episode));
