import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TOPIC } from '../../../schemas/topics.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { respiratoryRate } from '../replay/vital-signs.ts';
import { RunProcess } from '../run/run-process.ts';
import { clientOf, inputTopics, keyOf, recordsOf, resourceIn } from './publish-run.ts';

const TOKEN = 'inlet-token';
const RUN = `inlet-${Date.now()}`;
const kafka = useServer(() => kafkaServer());
let driver: KafkaDriver;
let inlet: RunProcess;
let base = '';

beforeAll(async () => {
  driver = clientOf(kafka().bootstrap);
  await inputTopics(driver);
  inlet = new RunProcess(['publish', '--listen'], {
    KAFKA_BOOTSTRAP_SERVERS: kafka().bootstrap,
    HTTP_PORT: '0',
    HTTP_TOKEN: TOKEN,
  });
  base = `http://127.0.0.1:${String((await inlet.told('listening'))['port'])}`;
});
afterAll(async () => {
  inlet.signal('SIGKILL');
  await driver.close();
});

const observation = (id: string, patient: string): string =>
  respiratoryRate(id, '2026-01-05T08:00:00Z', 24, { subject: { reference: `Patient/${patient}` } });

interface Told {
  readonly status: number;
  readonly outcome: { readonly resourceType: string; readonly issue: readonly Record<string, string>[] };
}

async function ask(
  method: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const answer = await fetch(base + path, {
    method,
    body,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/fhir+json', ...headers },
  });
  const outcome: Told['outcome'] = JSON.parse(await answer.text());
  return { status: answer.status, outcome };
}

const idsOf = async (patient: string): Promise<string[]> =>
  (await recordsOf(driver, TOPIC.vitals))
    .filter((record) => keyOf(record) === `Patient/${patient}`)
    .map((record) => String(resourceIn(record)['id']));

describe('what is posted', () => {
  test('is in Kafka when 200 is answered: a resource, a Bundle, a rest-hook', async () => {
    const who = `${RUN}-a`;
    const bundle = {
      resourceType: 'Bundle',
      type: 'history',
      entry: [
        { resource: { resourceType: 'Parameters' } },
        { resource: JSON.parse(observation('b', who)) },
        { resource: JSON.parse(observation('c', who)) },
      ],
    };
    expect((await ask('POST', '/fhir', observation('a', who))).status).toBe(200);
    expect((await ask('POST', '/fhir', JSON.stringify(bundle))).status).toBe(200);
    expect((await ask('PUT', '/fhir/Observation/d', observation('d', who))).status).toBe(200);
    expect((await ask('POST', '/fhir/Observation', observation('e', who))).status).toBe(200);
    expect(await idsOf(who)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('of many at once each is there', async () => {
    const who = `${RUN}-many`;
    const ids = Array.from({ length: 200 }, (_, i) => `m${i}`);
    const told = await Promise.all(ids.map((id) => ask('POST', '/fhir', observation(id, who))));
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await idsOf(who)).toSorted()).toEqual(ids.toSorted());
  });

  test('what the topology reads nothing of is thanked for', async () => {
    const { status, outcome } = await ask('PUT', '/fhir/Patient/p', '{"resourceType":"Patient","id":"p"}');
    expect([status, outcome.resourceType]).toEqual([200, 'OperationOutcome']);
  });

  test.for([
    ['no token', 'POST', '/fhir', '{}', { authorization: '' }, 401, 'login'],
    ['a wrong token', 'POST', '/fhir', '{}', { authorization: 'Bearer no' }, 401, 'login'],
    ['XML', 'POST', '/fhir', '<Patient/>', { 'content-type': 'application/fhir+xml' }, 415, 'not-supported'],
    ['compressed', 'POST', '/fhir', '{}', { 'content-encoding': 'gzip' }, 415, 'not-supported'],
    ['nothing', 'POST', '/fhir', '', {}, 422, 'structure'],
    ['no JSON', 'POST', '/fhir', '{"resourceType":"Observation","x":Canary', {}, 422, 'structure'],
    ['no FHIR', 'POST', '/fhir', '{"name":"Canary"}', {}, 422, 'structure'],
    [
      'another type',
      'PUT',
      '/fhir/Encounter/x',
      '{"resourceType":"Observation","id":"x"}',
      {},
      422,
      'structure',
    ],
    [
      'another id',
      'PUT',
      '/fhir/Observation/x',
      '{"resourceType":"Observation","id":"Canary"}',
      {},
      422,
      'structure',
    ],
    ['another place', 'POST', '/other', '{}', {}, 404, 'not-found'],
    ['another way', 'PUT', '/fhir', '{}', {}, 405, 'not-supported'],
  ] as const)(
    '%s is refused with an OperationOutcome',
    async ([, method, path, body, headers, status, code]) => {
      const told = await ask(method, path, body, headers);
      expect([told.status, told.outcome.issue[0]?.['code']]).toEqual([status, code]);
      expect(JSON.stringify(told.outcome)).not.toContain('Canary');
    },
  );

  test('more than 16 MiB are refused', async () => {
    const large = new Uint8Array(16 * 1024 * 1024 + 1).fill(0x20);
    expect((await ask('POST', '/fhir', large)).status).toBe(413);
  });

  test('an entry that is no FHIR becomes a dead letter, and the others are taken', async () => {
    const who = `${RUN}-mixed`;
    const body = `{"resourceType":"Bundle","entry":[{"resource":{"x":"Canary"}},{"resource":${observation('ok', who)}}]}`;
    const { status, outcome } = await ask('POST', '/fhir', body);
    expect([status, outcome.issue.map(({ severity }) => severity)]).toEqual([
      200,
      ['warning', 'information'],
    ]);
    expect(JSON.stringify(outcome)).not.toContain('Canary');
    expect(await idsOf(who)).toEqual(['ok']);
    const letters = await recordsOf(driver, TOPIC.deadLetters);
    expect(letters.some(({ value }) => Buffer.from(value ?? []).toString() === '{"x":"Canary"}')).toBe(true);
  });

  test('it lives, is told to end, and ends with 0', async () => {
    expect((await ask('POST', '/fhir', observation('last', `${RUN}-last`))).status).toBe(200);
    for (const probe of ['/livez', '/readyz']) expect((await fetch(base + probe)).status).toBe(200);
    expect((await fetch(`${base}/metrics`)).status).toBe(401);
    const metrics = async (): Promise<string> =>
      (await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).text();
    // They are of the last report, one each second.
    await vi.waitFor(
      async () =>
        expect(await metrics()).toMatch(
          /^sepsis_published_records_total\{topic="fhir\.observation\.vitals"\} [1-9]\d*$/m,
        ),
      { interval: 50 },
    );
    inlet.signal('SIGTERM');
    expect(await inlet.exit).toBe(0);
    expect(inlet.text).not.toContain('Canary');
  });
});
