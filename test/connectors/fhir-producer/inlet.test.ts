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
async function served(acknowledged: () => Promise<void>, tls?: Identity): Promise<number> {
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
  const inlet = new Inlet(new Sending({ send }, systemClock, shaping), shaping);
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

async function inletOver(acknowledged: () => Promise<void>): Promise<() => Promise<Response>> {
  const port = await served(acknowledged);
  return () => fetch(`http://127.0.0.1:${port}/fhir`, { method: 'POST', headers: HEADERS, body: BODY });
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
  // The server is there for others meanwhile.
  expect([(await Promise.race([answer, Promise.resolve('none yet')])) === 'none yet', answered]).toEqual([
    true,
    false,
  ]);
  acknowledgement.resolve();
  expect((await answer).status).toBe(200);
});

test('what is not acknowledged is to be sent again', async () => {
  const post = await inletOver(() =>
    Promise.reject(new StreamsError('broker-unavailable', 'Nobody is there.')),
  );
  const answer = await post();
  const outcome: { issue: { code: string; diagnostics: string }[] } = JSON.parse(await answer.text());
  expect([answer.status, answer.headers.get('retry-after'), outcome.issue[0]?.code]).toEqual([
    503,
    '5',
    'transient',
  ]);
  expect(outcome.issue[0]?.diagnostics).toContain('broker-unavailable');
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
