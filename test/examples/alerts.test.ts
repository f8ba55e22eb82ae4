import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import { Worker } from '../../topology/runtime/worker.ts';
import { sepsis } from '../../topology/sepsis.ts';
import { episodeDifference } from '../oracle/comparison.ts';
import { Decoys } from '../oracle/decoys.ts';
import { clientOf, createTopics, drained } from '../oracle/real-cluster.ts';
import type { EpisodeLine } from '../oracle/results.ts';
import { kafkaServer } from '../servers/kafka.ts';
import { pythonKafka } from '../servers/python.ts';
import { registryWithSchemas } from '../servers/registry.ts';
import { useServer } from '../servers/use-server.ts';
import {
  type AlertsConsumer,
  inJava,
  inPython,
  inTypeScript,
  pythonRequirements,
  pythonSource,
} from './alerts-consumers.ts';
import { type AlertsStream, alertsStream, episodeOf } from './alerts-stream.ts';

/** A broker of its own: the topics have their real names. */
const kafka = useServer(() => kafkaServer({ own: true, settings: { 'log.retention.ms': '-1' } }));
const registry = useServer(registryWithSchemas);

const APPLICATION = 'sepsis-streams';
/** Of the input, each after the one before is worked through. */
const PARTS = 3;

let begun: Promise<AlertsStream> | undefined;

/** The stream, screened when the first test asks for it: by then it is known whether there are servers. */
const screened = (): Promise<AlertsStream> => (begun ??= screen());

async function screen(): Promise<AlertsStream> {
  const stream = await alertsStream();
  const schemas = schemaRegistry({ url: registry().url, clock: systemClock });
  const driver = clientOf(kafka().bootstrap);
  await createTopics(driver);
  const worker = new Worker({
    topology: sepsis(topicsOf(await bindCodecs(schemas)), stream.rules),
    driver,
    clock: systemClock,
    application: APPLICATION,
    slot: 'a',
    deadLetters: TOPIC.deadLetters,
    ticks: false,
  });
  const running = worker.run();
  // Between the alerts stand those of transactions that are aborted: no reader of committed records sees them.
  const decoys = await Decoys.to(driver, TOPIC.alerts);
  const producer = driver.producer();
  const size = Math.ceil(stream.records.length / PARTS);
  for (let from = 0; from < stream.records.length; from += size) {
    const part = Map.groupBy(stream.records.slice(from, from + size), ([topic]) => topic);
    for (const [topic, records] of part) await producer.send(topic, records.map(outgoingOf));
    await Promise.race([running, drained(driver, APPLICATION)]);
    await decoys.next();
  }
  await decoys.end();
  await worker.stop();
  await running;
  await driver.close();
  return stream;
}

const outgoingOf = ([, record]: readonly [string, OutgoingRecord]): OutgoingRecord => record;

const linesOf = (stdout: string): EpisodeLine[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => episodeOf(JSON.parse(line) as Record<string, unknown>));

/** A newer JVM warns of what libraries do. */
const complaints = (stderr: string): string => stderr.replaceAll(/^WARNING: .*$/gm, '').trim();

/** What each printed, byte for byte. */
const printed = new Map<string, string>();

describe.each<[string, () => Promise<AlertsConsumer>]>([
  ['typescript', inTypeScript],
  ['python', inPython],
  ['java', inJava],
])('the example consumer in %s', (name, make) => {
  const consumer = useServer(() => make());

  test('prints the episodes that there are, and nothing else', async () => {
    const { episodes } = await screened();
    const { code, stdout, stderr } = await consumer().run(kafka().bootstrap, registry().url);
    expect([code, complaints(stderr)]).toEqual([0, '']);
    expect(episodes.length).toBeGreaterThan(3);
    expect(episodeDifference(linesOf(stdout), episodes)).toBe('');
    printed.set(name, stdout);
  });

  test('prints the same bytes as the others', () => {
    const [first] = printed.values();
    expect(first).toBeTruthy();
    expect(printed.get(name) === first).toBe(true);
  });
});

describe('the comparison sees', () => {
  test('an episode that is missing, one too many, and one that begins later', async () => {
    const { episodes } = await screened();
    const [first, ...rest] = episodes;
    if (first === undefined) throw new Error('There are no episodes.');
    const later = { ...first, start: first.end };
    for (const wrong of [rest, [first, ...episodes], [later, ...rest]])
      expect(episodeDifference(wrong, episodes)).not.toBe('');
  });

  const folder = mkdtempSync(join(tmpdir(), 'wrong-consumer-'));
  test.for([
    ['keeps what is retracted', '== "RETRACTED"', '== "nothing"'],
    [
      'takes the first record of each alert',
      'held[alert["alertId"]] = alert',
      'held.setdefault(alert["alertId"], alert)',
    ],
    ['reads what was aborted', '"read_committed"', '"read_uncommitted"'],
  ] as const)('a consumer that %s', async ([what, right, wrong]) => {
    const { episodes } = await screened();
    const script = join(folder, `${what.replaceAll(' ', '-')}.py`);
    const source = pythonSource();
    expect(source.split(right)).toHaveLength(2);
    writeFileSync(script, source.replace(right, wrong));
    const { code, stdout } = await python().run(script, [kafka().bootstrap, registry().url]);
    expect(code === 0 && episodeDifference(linesOf(stdout), episodes) === '').toBe(false);
  });
  const python = useServer(pythonKafka);
});

test('the Python example names the packages that it is tested with', () => {
  const tested = readFileSync(new URL('../servers/python.ts', import.meta.url), 'utf8');
  expect(tested).toContain(`'${pythonRequirements().trim()}'`);
});
