import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOPIC } from '../../../schemas/topics.ts';
import { headerText } from '../../../topology/model/record.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { workDirectory } from '../replay/replay-run.ts';
import { recorded, respiratoryRate, systolic } from '../replay/vital-signs.ts';
import { clientOf, keyOf, publish, recordsOf, resourceIn, type Seen } from './publish-run.ts';

const directory = workDirectory();
const TIME = '2026-01-05T08:00:00Z';

let files = 0;
function input(content: string | Uint8Array, name = `input-${files++}`): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const about = (patient: string): Record<string, unknown> => ({
  subject: { reference: `Patient/${patient}` },
});
const vitals = (patient: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    respiratoryRate(`${patient}-${i}`, TIME, 20 + (i % 9), about(patient)),
  );

describe('files on a real Kafka', () => {
  const kafka = useServer(() => kafkaServer({ own: true }));
  const environment = (): Record<string, string> => ({ KAFKA_BOOTSTRAP_SERVERS: kafka().bootstrap });
  let driver: KafkaDriver;

  beforeAll(() => {
    driver = clientOf(kafka().bootstrap);
  });
  afterAll(() => driver.close());

  /** What stands there of a patient, in the order of each partition. */
  const of = async (patient: string, topic: string = TOPIC.vitals): Promise<Seen[]> =>
    (await recordsOf(driver, topic)).filter((record) => keyOf(record) === `Patient/${patient}`);
  const textsOf = (records: readonly Seen[]): string[] =>
    records.map(({ value }) => Buffer.from(value ?? []).toString());

  test('topics that are missing are named, and made only when that is wanted', async () => {
    const file = input(vitals('first', 3).join('\n'));
    const without = await publish(environment(), file);
    expect([without.code, without.out]).toEqual([4, '']);
    expect(without.err).toMatch(
      /^sepsis-streams: There is no topic fhir\.observation\.vitals, .*--create-topics.*\n$/,
    );
    const { code, out, err } = await publish(environment(), '--create-topics', file);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^Published +3\n +3 {2}fhir\.observation\.vitals\nTime/),
    ]);
    expect(err.match(/ {2}created {4}12 partitions, 1 replicas$/gm)).toHaveLength(5);
    expect(textsOf(await of('first'))).toEqual(vitals('first', 3));
  });

  test('NDJSON, gzip, a Bundle, a recording: each resource stands in its topic under its patient, in order', async () => {
    const plain = vitals('plain', 2_500);
    const encounter = JSON.stringify({
      resourceType: 'Encounter',
      id: 'e',
      status: 'finished',
      ...about('plain'),
    });
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { resource: { resourceType: 'Patient', id: 'b', name: [{ family: 'Canary' }] } },
        { resource: JSON.parse(systolic('b1', TIME, 95, about('bundled'))) },
      ],
    };
    const run = await publish(
      environment(),
      input(gzipSync([...plain, encounter].join('\n'))),
      input(JSON.stringify(bundle, null, 2)),
      input(recorded(41, respiratoryRate('r1', TIME, 30, about('recorded')), { key: 'wrong' })),
    );
    expect([run.code, run.err]).toEqual([0, '']);
    expect(run.out).toMatch(
      /^Published +2,503\n +2,502 {2}fhir\.observation\.vitals\n +1 {2}fhir\.encounter\n/,
    );
    expect(run.out).toMatch(/\nPassed over +1 .*\n +1 {2}Patient\n/);
    const stands = await of('plain');
    expect(textsOf(stands)).toEqual(plain);
    expect(new Set(stands.map(({ partition }) => partition)).size).toBe(1);
    expect(await of('plain', TOPIC.encounters)).toHaveLength(1);
    expect(await of('bundled')).toHaveLength(1);
    const [played] = await of('recorded');
    expect(headerText(played?.headers, 'sepsis-arrival')).toBe(String(Date.parse('2026-01-05T12:00:00Z')));
    const everything = (await recordsOf(driver, TOPIC.vitals)).map((record) =>
      JSON.stringify(resourceIn(record)),
    );
    expect(everything.filter((text) => text.includes('Canary'))).toEqual([]);
  });

  test('in envelopes, when that is wanted', async () => {
    const [one = ''] = vitals('enveloped', 1);
    const run = await publish(environment(), '--format', 'envelope', '--source', 'icu', input(one));
    expect(run.code).toBe(0);
    const [record] = await of('enveloped');
    expect(record === undefined ? {} : resourceIn(record)).toMatchObject({
      PatientId: 'enveloped',
      ResourceJson: one,
    });
    expect(headerText(record?.headers, 'source-system')).toBe('icu');
  });

  test('with a base and identifiers the key is the patient that they resolve to', async () => {
    const identified = { subject: { identifier: { system: 'urn:mrn', value: '9' } } };
    const patients = input(
      JSON.stringify({
        resourceType: 'Patient',
        id: 'nine',
        identifier: [{ system: 'urn:mrn', value: '9' }],
      }),
    );
    const file = input(respiratoryRate('by-identifier', TIME, 24, identified));
    const base = 'https://ehr.example.org/fhir';
    expect((await publish(environment(), '--patients', patients, '--base', `${base}/`, file)).code).toBe(0);
    const keys = (await recordsOf(driver, TOPIC.vitals)).map(keyOf);
    expect(keys).toContain(`${base}/Patient/nine`);
  });

  test('what is no FHIR is named by its line, becomes a dead letter as it came, and the rest goes on', async () => {
    const bad = '{"resourceType":"Observation","note":"Canary';
    const [first = '', second = ''] = vitals('rest', 2);
    const file = input([first, bad, '', '{"a":1}', second].join('\n'), 'Canary-Smith.ndjson');
    const { code, out, err } = await publish(environment(), file);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/Dead letters +2\n +1 {2}not-fhir\n +1 {2}not-json\n/),
    ]);
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/Canary-Smith\.ndjson, line 2: is a dead letter, not-json: /),
      expect.stringMatching(/Canary-Smith\.ndjson, line 4: is a dead letter, not-fhir: /),
      '',
    ]);
    expect(err.replaceAll('Canary-Smith.ndjson', '')).not.toContain('Canary');
    expect(textsOf(await of('rest'))).toEqual([first, second]);
    const letters = await recordsOf(driver, TOPIC.deadLetters);
    const letter = letters.find(({ value }) => Buffer.from(value ?? []).toString() === bad);
    const headers = Object.keys(letter?.headers ?? {}).map((name) => headerText(letter?.headers, name));
    expect(headerText(letter?.headers, '__connect.errors.reason')).toBe('not-json');
    expect(headerText(letter?.headers, '__connect.errors.line')).toBe('2');
    expect(headers.join('\n')).not.toContain('Canary');
  });

  test('a resource too large for a topic is a dead letter, and one too large for that is named there alone', async () => {
    const large = (bytes: number): string => respiratoryRate('large', TIME, 20, { note: 'x'.repeat(bytes) });
    const file = input([vitals('beside', 1), large(1_010_000), large(2_500_000)].join('\n'));
    expect((await publish(environment(), file)).code).toBe(0);
    const letters = (await recordsOf(driver, TOPIC.deadLetters)).filter(
      ({ headers }) => headerText(headers, '__connect.errors.reason') === 'too-large',
    );
    expect(letters.map(({ value }) => value?.length ?? null)).toEqual([large(1_010_000).length, null]);
    expect(await of('beside')).toHaveLength(1);
  });

  test('a dry run sends nothing, and says the same', async () => {
    const file = input([...vitals('dry', 2), 'no'].join('\n'));
    const { code, out, err } = await publish({}, '--dry-run', file);
    expect([code, err]).toEqual([0, expect.stringMatching(/, line 3: would be a dead letter, not-json: /)]);
    expect(out).toMatch(/^Published +2 {2}would be: a dry run\n/);
    expect(await of('dry')).toEqual([]);
  });

  test('old data is moved to now, each patient by his own distance, and the rest of each resource stays', async () => {
    const hour = (patient: string, h: number): string =>
      respiratoryRate(
        `${patient}-${h}`,
        `2019-03-0${1 + Math.floor(h / 24)}T0${h % 10}:30:00+01:00`,
        22,
        about(patient),
      );
    const lines = [hour('moved-a', 1), hour('moved-a', 3), hour('moved-b', 5), hour('moved-b', 2)];
    const before = Date.now();
    expect((await publish(environment(), '--shift-to-now', input(lines.join('\n')))).code).toBe(0);
    const [a, b] = [await of('moved-a'), await of('moved-b')];
    const timesOf = (records: readonly Seen[]): number[] =>
      records.map((record) => Date.parse(String(resourceIn(record)['effectiveDateTime'])));
    for (const [times, gaps] of [
      [timesOf(a), [2]],
      [timesOf(b), [-3]],
    ] as const) {
      expect([(times[1] ?? 0) - (times[0] ?? 0)]).toEqual(gaps.map((gap) => gap * 3_600_000));
      const newest = Math.max(...times);
      expect(newest).toBeGreaterThanOrEqual(before - 1_000);
      expect(newest).toBeLessThanOrEqual(Date.now());
    }
    const still = (text: string): string => text.replace(/"effectiveDateTime":"[^"]*"/, '');
    expect([...textsOf(a), ...textsOf(b)].map(still).toSorted()).toEqual(lines.map(still).toSorted());
  });

  test('of a file that breaks off, what came before is there, and how much is told', async () => {
    const whole = gzipSync(vitals('cut', 20_000).join('\n'));
    const { code, out, err } = await publish(environment(), input(whole.subarray(0, whole.length - 500)));
    const there = Number(/^(\d+) records are acknowledged\.$/m.exec(err)?.[1]);
    expect([code, out, err.split('\n').length]).toEqual([3, '', 3]);
    expect(err).toContain('cut off before its end');
    expect(textsOf(await of('cut'))).toEqual(vitals('cut', there));
    expect(there).toBeGreaterThan(10_000);
  });

  test('standard input is one too, also where its times are moved', async () => {
    const lines = vitals('piped', 300);
    const cli = join(import.meta.dirname, '../../../app/cli.ts');
    const ran = spawnSync(process.execPath, [cli, 'publish', '-', '--shift-to-now'], {
      input: gzipSync(lines.join('\n')),
      env: { ...process.env, ...environment() },
    });
    expect([ran.status, ran.stderr.toString()]).toEqual([0, '']);
    const there = await of('piped');
    expect(there.map((record) => resourceIn(record)['id'])).toEqual(lines.map((_, i) => `piped-${i}`));
    expect(Date.now() - Date.parse(String(resourceIn(there[0] as Seen)['effectiveDateTime']))).toBeLessThan(
      60_000,
    );
  });

  test('the kafkajs driver publishes the same', async () => {
    const file = input(vitals('kafkajs', 20).join('\n'));
    expect((await publish({ ...environment(), KAFKA_DRIVER: 'kafkajs' }, file)).code).toBe(0);
    expect(textsOf(await of('kafkajs'))).toEqual(vitals('kafkajs', 20));
  });

  test('a signal ends it in order: what is counted is there', async () => {
    const file = input(vitals('stopped', 500).join('\n'));
    const running = publish(environment(), '--rate', '50', file);
    while ((await of('stopped')).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    process.emit('SIGINT');
    const { code, out, err } = await running;
    const counted = Number(/^Published +(\d+)/.exec(out)?.[1]);
    expect([code, err]).toEqual([5, expect.stringMatching(/^sepsis-streams: Stopped by a signal\./)]);
    expect(counted).toBeLessThan(500);
    expect(textsOf(await of('stopped'))).toEqual(vitals('stopped', counted));
  });
});
