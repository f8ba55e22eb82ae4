import { describe, expect, test } from 'vitest';
import type { HttpLimits } from '../../../connectors/http/limits.ts';
import { json, type Route } from '../../../connectors/http/route.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import { RawClient, served } from './served.ts';

const take: Route = {
  method: 'POST',
  path: '/take',
  body: { types: ['application/json'], maxBytes: 1_000 },
  answer: () => json(200, { taken: true }),
};
const HEAD = 'POST /take HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n';

/** Only one limit is short: whoever is cut off was cut off by that one. */
const short = (limits: Partial<HttpLimits>): { limits: Partial<HttpLimits> } => ({
  limits: { check: milliseconds(20), headers: seconds(600), request: seconds(600), ...limits },
});

/** Sends a byte every few milliseconds, for as long as the server lets it. */
function drip(client: RawClient): () => void {
  const timer = setInterval(() => client.write('x'), 10);
  return () => clearInterval(timer);
}

describe('a client that never comes to an end', () => {
  const endless: readonly (readonly [what: string, begin: string, Partial<HttpLimits>])[] = [
    ['headers', `${HEAD}X-Slow: `, { headers: milliseconds(200) }],
    [
      'body',
      `${HEAD}Content-Length: 1000\r\n\r\n`,
      { headers: milliseconds(200), request: milliseconds(200) },
    ],
  ];

  test.each(endless)('with its %s is told 408', async (_what, begin, limits) => {
    const { port } = await served([take], short(limits));
    const client = await RawClient.to(port);
    client.write(begin);
    expect(await client.ended()).toBe('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  });

  test.each(endless)('with its %s is cut off, however busy it is', async (_what, begin, limits) => {
    const { port } = await served([take], short(limits));
    const client = await RawClient.to(port);
    client.write(begin);
    const stop = drip(client);
    // What it is told may be lost when it writes at the same moment.
    expect(await client.ended()).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
    stop();
  });

  test('with a body that was refused is cut off too', async () => {
    const { port } = await served([take], short({ headers: milliseconds(400), request: milliseconds(400) }));
    const client = await RawClient.to(port);
    client.write(`${HEAD}Content-Length: 100000\r\n\r\n`);
    await client.heard('too-large');
    const stop = drip(client);
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 413 /);
    stop();
  });

  test('and says nothing at all is cut off', async () => {
    const { port } = await served([take], short({ silence: milliseconds(200) }));
    expect(await (await RawClient.to(port)).ended()).toBe('');
  });

  test('and stays after its answer is cut off', async () => {
    const { port } = await served([take], short({ idle: milliseconds(100) }));
    const client = await RawClient.to(port);
    client.write(`${HEAD}Content-Length: 2\r\n\r\n{}`);
    expect(await client.ended()).toContain('{"taken":true}');
  });

  test('holds up nobody else', async () => {
    const { port, url } = await served([take]);
    const client = await RawClient.to(port);
    client.write(`${HEAD}X-Slow: `);
    const answer = await fetch(`${url}/take`, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer.status).toBe(200);
    client.cut();
  });
});

describe('what is no HTTP', () => {
  test.each([
    ['nonsense', 'nonsense\r\n\r\n', 400],
    ['headers beyond any measure', `GET /take HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'two lengths, as a smuggler sends them',
      `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
      400,
    ],
  ])('%s is refused without a word about us', async (_what, text, status) => {
    const { port } = await served([take]);
    const client = await RawClient.to(port);
    client.write(text);
    expect(await client.ended()).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [A-Za-z ]+\r\nConnection: close\r\n\r\n$`),
    );
  });

  test('beyond the greatest number of connections one is closed unanswered', async () => {
    const { port } = await served([take], { limits: { connections: 2 } });
    const [first, second] = [await RawClient.to(port), await RawClient.to(port)];
    const third = await RawClient.to(port);
    expect(await third.ended()).toBe('');
    first.cut();
    second.cut();
  });
});
