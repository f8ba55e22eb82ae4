import { expect, onTestFinished, test } from 'vitest';
import { Inlet } from '../../../connectors/fhir-producer/inlet.ts';
import { serveInlet } from '../../../connectors/fhir-producer/inlet-server.ts';
import { Sending } from '../../../connectors/fhir-producer/sending.ts';
import type { Shaping } from '../../../connectors/fhir-producer/shape.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { subjectResolver } from '../../../schemas/fhir/patient-reference.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { respiratoryRate } from '../../app/replay/vital-signs.ts';

const TOKEN = 'inlet-token';

/** Posts to an inlet over a producer of which only the acknowledgements count. */
async function inletOver(acknowledged: () => Promise<void>): Promise<() => Promise<Response>> {
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
  const options = { host: '127.0.0.1', port: 0, token: () => TOKEN, inlet, failed: () => {} };
  const server = await serveInlet(options);
  onTestFinished(() => server.close());
  return () =>
    fetch(`http://127.0.0.1:${server.port}/fhir`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/fhir+json' },
      body: respiratoryRate('rr1', '2026-01-05T08:00:00Z', 24),
    });
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
