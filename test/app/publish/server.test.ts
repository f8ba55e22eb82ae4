import { readFileSync } from 'node:fs';
import { expect, onTestFailed, test } from 'vitest';
import { FhirConnection } from '../../../connectors/ehr/connection.ts';
import { always } from '../../../connectors/ehr/options.ts';
import { CursorFile } from '../../../connectors/fhir-source/cursor-file.ts';
import { Poller } from '../../../connectors/fhir-source/poller.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { seconds } from '../../../topology/model/time.ts';
import { FhirProxy } from '../../connectors/ehr/fhir-proxy.ts';
import { PolledServer } from './polled-server.ts';

const server = new PolledServer();

test('what was written is read once, later versions too, over pages and restarts', async () => {
  const one = await server.somebody();
  for (const name of ['a', 'b', 'c', 'd', 'e']) await one.write(name);
  const first = await server.once(one.id);
  expect([first.code, first.out]).toEqual([0, expect.stringMatching(/^Published +5\n/)]);
  expect(await one.published()).toEqual(['a/1', 'b/1', 'c/1', 'd/1', 'e/1']);
  const again = await server.once(one.id);
  expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^Published +0\n/)]);
  await one.write('b', 31);
  await one.write('f');
  expect((await server.once(one.id)).code).toBe(0);
  expect(await one.published()).toEqual(['a/1', 'b/1', 'c/1', 'd/1', 'e/1', 'b/2', 'f/1']);
  // The cursor names nobody.
  expect(readFileSync(server.cursorOf(one.id), 'utf8')).not.toMatch(new RegExp(`${one.id}-`));
});

test('it follows what is written until it is told to end', async () => {
  const one = await server.somebody();
  const proxy = await FhirProxy.before(server.url);
  const poll = server.follow(one.id, proxy.url, { HTTP_PORT: '0' });
  const port = String((await poll.told('listening'))['port']);
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
  const ready = async (status: number): Promise<string> => {
    for (;;) {
      const answer = await get('/readyz');
      if (answer.status === status) return answer.text();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await poll.told('started');
  await one.write('a');
  await poll.told('published', { resources: 1 });
  await ready(200);
  proxy.fault = () => ({ status: 503 });
  expect(await ready(503)).toContain('"code":"fhir-unavailable"');
  expect((await get('/livez')).status).toBe(200);
  const metrics = await (await get('/metrics')).text();
  expect(metrics).toMatch(/^sepsis_published_records_total\{topic="fhir\.observation\.vitals"\} 1$/m);
  expect(metrics).toMatch(/^sepsis_publish_retries_total\{code="fhir-unavailable"\} [1-9]/m);
  poll.signal('SIGTERM');
  expect(await poll.exit).toBe(0);
  expect(await one.published()).toEqual(['a/1']);
});

test('killed at any page it loses nothing', async () => {
  const one = await server.somebody();
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  for (const name of names) await one.write(name);
  const proxy = await FhirProxy.before(server.url);
  let pages = 0;
  for (const last of [1, 2, 3, 4]) {
    pages = 0;
    const poll = server.follow(one.id, proxy.url);
    onTestFailed(() => void process.stderr.write(`${poll.text}\n`));
    // What came before this page is published, or is being published.
    proxy.behind = () => {
      if (++pages === last) poll.signal('SIGKILL');
      return Promise.resolve();
    };
    expect(await poll.exit).toBeNull();
  }
  proxy.behind = () => Promise.resolve();
  expect((await server.once(one.id, proxy.url)).code).toBe(0);
  const published = await one.published();
  expect([...new Set(published)].toSorted()).toEqual(names.map((name) => `${name}/1`));
  expect((await server.once(one.id, proxy.url)).out).toMatch(/^Published +0\n/);
});

test('what fails at any page before its acknowledgement is read again, and nothing else is', async () => {
  const one = await server.somebody();
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  for (const name of names) await one.write(name);
  const limits = { connectTimeout: seconds(10), totalTimeout: seconds(30), concurrency: 1 };
  const authorization = always(() => undefined);
  const connection = new FhirConnection({ base: server.url, ca: undefined, authorization, ...limits });
  const acknowledged: string[] = [];
  /** One round of a process that begins there, and in which the publishing of that page fails. */
  const round = async (failsAt: number): Promise<number> => {
    let pages = 0;
    const poller = await Poller.from({
      connection,
      searches: [`Observation?subject=Patient/${one.id}`],
      overlap: seconds(60),
      pageSize: 2,
      since: undefined,
      cursors: new CursorFile(server.cursorOf(one.id), server.url),
      clock: systemClock,
      chance: () => 0,
      tries: 1,
      retrying: () => {},
      worked: () => {},
      publish: (resources) => {
        if (pages++ === failsAt) return Promise.reject(new StreamsError('broker-refused', 'Told to.'));
        for (const json of resources) acknowledged.push(idIn(json));
        return Promise.resolve();
      },
    });
    return poller.round(new AbortController().signal);
  };
  for (const failsAt of [0, 1, 1, 1])
    await expect(round(failsAt)).rejects.toMatchObject({ code: 'broker-refused' });
  expect(await round(-1)).toBe(1);
  connection.close();
  expect(acknowledged).toEqual(names.map((name) => `${one.id}-${name}`));
});

test('what Kafka does not take for a while is published when it does, once', async () => {
  const one = await server.somebody();
  await one.write('a');
  const limits = { connectTimeout: seconds(10), totalTimeout: seconds(30), concurrency: 1 };
  const authorization = always(() => undefined);
  const connection = new FhirConnection({ base: server.url, ca: undefined, authorization, ...limits });
  const told: string[] = [];
  const poller = await Poller.from({
    connection,
    searches: [`Observation?subject=Patient/${one.id}`],
    overlap: seconds(60),
    pageSize: 2,
    since: undefined,
    cursors: new CursorFile(server.cursorOf(one.id), server.url),
    clock: { ...systemClock, sleep: () => Promise.resolve() },
    chance: () => 0,
    tries: 4,
    retrying: (code) => void told.push(code),
    worked: () => void told.push('worked'),
    publish: () =>
      told.length < 3
        ? Promise.reject(new StreamsError('broker-unavailable', 'Nobody is there.'))
        : Promise.resolve(),
  });
  const { signal } = new AbortController();
  expect([await poller.round(signal), await poller.round(signal)]).toEqual([1, 0]);
  const down = 'broker-unavailable';
  expect(told).toEqual([down, down, down, 'worked', 'worked']);
  connection.close();
});

function idIn(json: Buffer): string {
  const { id }: { id: string } = JSON.parse(json.toString());
  return id;
}
