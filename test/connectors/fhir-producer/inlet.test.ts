import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Inlet } from '../../../connectors/fhir-producer/inlet.ts';
import { inletRoutes, refusalOutcome } from '../../../connectors/fhir-producer/inlet-routes.ts';
import { Sending } from '../../../connectors/fhir-producer/sending.ts';
import type { Shaping } from '../../../connectors/fhir-producer/shape.ts';
import { startHttpServer } from '../../../connectors/http/server.ts';
import type { Identity } from '../../../connectors/http/tls.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { newAuthority } from '../../../docker/stack/certificates.ts';
import { subjectResolver } from '../../../schemas/fhir/patient-reference.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { respiratoryRate } from '../../app/replay/vital-signs.ts';

const TOKEN = 'inlet-token';

/** Posts to an inlet over a producer of which only the acknowledgements count. */
async function served(
  acknowledged: () => Promise<void>,
  tls?: Identity,
  told: string[] = [],
): Promise<number> {
  const shaping: Shaping = {
    subjectOf: subjectResolver({}, new Map()),
    format: 'as-is',
    source: 'test',
    believesIssued: false,
  };
  const send = async (topic: string) => {
    await acknowledged();
    return { topic, partition: 0, offset: 0 };
  };
  const inlet = new Inlet(new Sending({ send }, systemClock, shaping), shaping, {
    failed: (code) => void told.push(code),
    worked: () => void told.push('worked'),
  });
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    routes: inletRoutes(inlet, () => TOKEN),
    refused: refusalOutcome,
    ...(tls === undefined ? {} : { tls }),
  });
  onTestFinished(() => server.close());
  return server.port;
}

const HEADERS = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/fhir+json' };
const BODY = respiratoryRate('rr1', '2026-01-05T08:00:00Z', 24);

async function inletOver(
  acknowledged: () => Promise<void>,
  told?: string[],
): Promise<(body?: string, path?: string) => Promise<Response>> {
  const port = await served(acknowledged, undefined, told);
  return (body = BODY, path = '/fhir') =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: HEADERS, body });
}

interface Outcome {
  readonly issue: readonly {
    readonly severity: string;
    readonly code: string;
    readonly diagnostics: string;
  }[];
}

async function outcomeOf(answer: Response): Promise<Outcome> {
  const outcome: Outcome = JSON.parse(await answer.text());
  return outcome;
}

test('nothing is answered before the acknowledgement, and success behind it', async () => {
  const given = Promise.withResolvers<void>();
  const acknowledgement = Promise.withResolvers<void>();
  const post = await inletOver(() => {
    given.resolve();
    return acknowledgement.promise;
  });
  let answered = false;
  const answer = post().then((response) => {
    answered = true;
    return response;
  });
  await given.promise;
  // The server is there for others meanwhile, and an answer that was given by then would be here.
  for (let i = 0; i < 3; i++) expect((await post(BODY, '/other')).status).toBe(404);
  expect(answered).toBe(false);
  acknowledgement.resolve();
  expect((await answer).status).toBe(200);
});

test('what is not acknowledged is to be sent again', async () => {
  const told: string[] = [];
  let fails = true;
  const post = await inletOver(
    () =>
      fails ? Promise.reject(new StreamsError('broker-unavailable', 'Nobody is there.')) : Promise.resolve(),
    told,
  );
  const answer = await post();
  const outcome = await outcomeOf(answer);
  expect([answer.status, answer.headers.get('retry-after'), outcome.issue[0]?.code]).toEqual([
    503,
    '5',
    'transient',
  ]);
  expect(outcome.issue[0]?.diagnostics).toContain('broker-unavailable');
  // What is not sent to Kafka does not show that it is there.
  expect((await post('{"resourceType":"Patient"}')).status).toBe(200);
  expect(told).toEqual(['broker-unavailable']);
  fails = false;
  expect((await post()).status).toBe(200);
  expect(told).toEqual(['broker-unavailable', 'worked']);
});

test('a Bundle of more entries than may wait is taken in slices, and not all of its faults are named', async () => {
  let waiting = 0;
  let most = 0;
  const post = await inletOver(async () => {
    most = Math.max(most, ++waiting);
    await Promise.resolve();
    waiting--;
  });
  const entry = [
    ...Array(1_500).fill('{"resource":{"x":"Canary"}}'),
    ...Array(1_500).fill(`{"resource":${BODY}}`),
  ];
  const answer = await post(`{"resourceType":"Bundle","entry":[${entry.join(',')}]}`);
  const { issue } = await outcomeOf(answer);
  expect([answer.status, most, issue.length]).toEqual([200, 1_000, 1_001]);
  expect(issue.at(-1)?.diagnostics).toBe('1500 of 3000 taken in. 500 more dead letters are not named.');
});

test('a Bundle inside something is not lost', async () => {
  const post = await inletOver(() => Promise.resolve());
  const inner = `{"resourceType":"Bundle","entry":[{"resource":${BODY}}]}`;
  expect((await post(JSON.stringify({ ResourceJson: inner }))).status).toBe(422);
  const { issue } = await outcomeOf(await post(`{"resourceType":"Bundle","entry":[{"resource":${inner}}]}`));
  expect(issue.map(({ diagnostics }) => diagnostics)).toEqual([
    expect.stringMatching(/^Entry 1 is a dead letter. not-fhir: /),
    '0 of 1 taken in.',
  ]);
});

test('what nobody foresaw is told to nobody', async () => {
  const post = await inletOver(() => Promise.reject(new TypeError('Canary')));
  const answer = await post();
  expect([answer.status, (await answer.text()).includes('Canary')]).toEqual([500, false]);
});

test('with a certificate it speaks TLS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sepsis-inlet-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const authority = await newAuthority(folder);
  const { certificate, key } = await authority.issue('inlet', ['IP:127.0.0.1']);
  const read = (path: string): string => readFileSync(path, 'utf8');
  const port = await served(() => Promise.resolve(), { cert: read(certificate), key: read(key) });
  const sent = request(`https://127.0.0.1:${port}/fhir`, {
    method: 'POST',
    headers: HEADERS,
    ca: read(authority.ca),
    agent: false,
  });
  sent.end(BODY);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(200);
});
