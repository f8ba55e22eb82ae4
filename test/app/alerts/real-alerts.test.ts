import { afterEach, expect, onTestFailed, test } from 'vitest';
import { main } from '../../../app/commands/main.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../../connectors/schema-registry/schema-registry.ts';
import { bindCodecs } from '../../../schemas/codecs/bind.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { minutes } from '../../../topology/model/time.ts';
import { alert } from '../../schemas/avro/samples.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { registryWithSchemas } from '../../servers/registry.ts';
import { useServer } from '../../servers/use-server.ts';
import { Kept } from '../replay/replay-run.ts';
import { client } from '../run/real-ward.ts';
import { AlertsProcess } from './alerts-process.ts';

/** A broker of its own: the topic has its real name, and it is killed. */
const kafka = useServer(() => kafkaServer({ own: true }));
const registry = useServer(registryWithSchemas);

const HOUR = 3_600_000;
const NOW = Date.now();
const running = new Set<AlertsProcess>();

afterEach(async () => {
  for (const one of running) one.signal('SIGKILL');
  await Promise.all([...running].map(({ exit }) => exit));
  running.clear();
});

const environment = (): Record<string, string> => ({
  KAFKA_BOOTSTRAP_SERVERS: kafka().bootstrap,
  SCHEMA_REGISTRY_URL: registry().url,
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly lines: readonly string[];
  readonly err: string;
}

/** Runs `alerts` in this process, to its end. */
async function ended(args: readonly string[], own: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const code = await main(['alerts', ...args], { stdout, stderr, environment: { ...environment(), ...own } });
  const lines = stdout.text.split('\n').filter((line) => line !== '');
  return { code, out: stdout.text, lines, err: stderr.text };
}

const BASE = 'https://ehr.example.org/fhir/Patient';
const ANN = `${BASE}/ann`;
const BOB = `${BASE}/bob`;

type Encode = (own: Partial<SepsisAlert>, written: number) => OutgoingRecord;

async function encoding(): Promise<Encode> {
  const schemas = schemaRegistry({ url: registry().url, clock: systemClock });
  const { sepsisAlert } = await bindCodecs(schemas);
  return (own, written) => {
    const value = { ...alert, processingTime: written, ...own };
    return { key: Buffer.from(value.patient), value: sepsisAlert.encode(value), timestamp: written };
  };
}

async function send(records: readonly OutgoingRecord[]): Promise<void> {
  const driver = client(kafka().bootstrap);
  await driver.producer().send(TOPIC.alerts, records);
  await driver.close();
}

let filling: Promise<void> | undefined;
/** Two patients in the topic, an alert of a transaction that was aborted, and a record that is none. */
const filled = (): Promise<void> => (filling ??= fill());

async function fill(): Promise<void> {
  const encode = await encoding();
  const driver = client(kafka().bootstrap);
  await driver.admin().createTopics([{ name: TOPIC.alerts, partitions: 3 }]);
  const transactions = driver.transactions({ transactionalId: 'nobody', timeout: minutes(1) });
  await transactions.init();
  transactions.begin();
  await transactions.send(TOPIC.alerts, [encode({ patient: `${BASE}/aborted` }, NOW - 6 * HOUR)]);
  await transactions.abort();
  await driver.close();
  await send([
    encode({ patient: ANN }, NOW - 5 * HOUR),
    encode({ patient: BOB, alertId: 'b'.repeat(64) }, NOW - 4 * HOUR),
    encode({ patient: ANN, status: 'ESCALATED', reason: 'SCORE_RISE', score: 3, peak: 3 }, NOW - 3 * HOUR),
    encode(
      { patient: BOB, alertId: 'b'.repeat(64), status: 'RETRACTED', reason: 'DATA_CORRECTED', score: 0 },
      NOW - 2 * HOUR,
    ),
    { key: Buffer.from(BOB), value: Buffer.from('no alert'), timestamp: NOW - HOUR },
  ]);
}

/** Status, score and patient. */
const headOf = (line: string): string[] => / (\w+) +(\d\/3) (\S+): /.exec(line)?.slice(1) ?? [];

test('a wrong broker, a topic that is missing, a wrong option and a wrong variable: told in a line, with the exit code', async () => {
  const nobody = { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' };
  const [broker, topic, option, variable] = await Promise.all([
    ended([], nobody),
    ended([]),
    ended(['--from', 'monday']),
    ended([], { KAFKA_TLS: 'perhaps' }),
  ]);
  expect([broker, topic, option, variable].map(({ code, out }) => [code, out])).toEqual([
    [4, ''],
    [4, ''],
    [2, ''],
    [2, ''],
  ]);
  expect(broker.err).toMatch(/^sepsis-streams: .*127\.0\.0\.1:1.*Check that the brokers run.*\n$/);
  expect(topic.err).toMatch(/^sepsis-streams: clinical\.alerts\.sepsis is missing\. .*topics create.*\n$/);
  expect(option.err).toMatch(/^sepsis-streams: --from monday is unknown; .*\n$/);
  expect(variable.err).toContain('KAFKA_TLS is perhaps');
});

test('all records come in the order in which they were written, and the end of the topic ends it', async () => {
  await filled();
  const { code, lines, err } = await ended([]);
  expect(code).toBe(0);
  expect(lines.map(headOf)).toEqual([
    ['raised', '2/3', ANN],
    ['raised', '2/3', BOB],
    ['escalated', '3/3', ANN],
    ['retracted', '0/3', BOB],
  ]);
  expect(lines[0]).toContain('missing GCS');
  expect(err).toMatch(/^clinical\.alerts\.sepsis\/\d\/\d+ cannot be read: avro-unreadable\n$/);
});

test('one patient alone, by the whole reference or by its end; and only what was written lately', async () => {
  await filled();
  const asked = await Promise.all([
    ended(['--patient', ANN]),
    ended(['--patient', 'Patient/bob']),
    ended(['--patient', 'ob']),
    ended(['--from', '210m']),
  ]);
  expect(asked.map(({ code, lines }) => [code, lines.length])).toEqual([
    [0, 2],
    [0, 2],
    [0, 0],
    [0, 2],
  ]);
});

test('as JSON a record is whole, with times as text, and names what it rests on', async () => {
  await filled();
  const { lines } = await ended(['--json', '--patient', 'ann']);
  const [first] = lines.map((line): Record<string, unknown> => JSON.parse(line) as Record<string, unknown>);
  expect(first).toMatchObject({
    alertId: alert.alertId,
    patient: ANN,
    status: 'RAISED',
    start: '2026-01-05T08:00:00.000Z',
    missing: ['GCS'],
    trigger: alert.trigger,
  });
});

test('a registry that does not answer is told, with exit code 4', async () => {
  await filled();
  const { code, err } = await ended([], { SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1' });
  expect(code).toBe(4);
  expect(err).toMatch(/^sepsis-streams: .*Check that the Schema Registry runs.*\n$/);
});

test('--follow goes on with what comes, also after the broker was away, prints nothing twice, and Ctrl-C ends it with 0', async () => {
  await filled();
  const encode = await encoding();
  const following = new AlertsProcess(['--follow', '--patient', 'ann'], environment());
  running.add(following);
  onTestFailed(() => void process.stderr.write(`alerts said:\n${following.out}\n${following.err}\n`));
  await following.said(({ lines }) => lines.length === 2);
  await send([encode({ patient: BOB }, NOW), encode({ patient: ANN, status: 'UPDATED' }, NOW)]);
  await following.said(({ lines }) => lines.length === 3);
  await kafka().kill();
  await following.said(({ err }) => err.includes('it is tried again'));
  await kafka().restart();
  await send([encode({ patient: ANN, status: 'RESOLVED', reason: 'WINDOW_EMPTIED' }, NOW)]);
  await following.said(({ lines }) => lines.length === 4);
  following.signal('SIGINT');
  expect(await following.exit).toBe(0);
  expect(following.lines.map((line) => headOf(line)[0])).toEqual([
    'raised',
    'escalated',
    'updated',
    'resolved',
  ]);
});
