import { describe, expect, test } from 'vitest';
import { json, type Route } from '../../../connectors/http/route.ts';
import { RawClient, served } from './served.ts';

const hello: Route = { method: 'GET', path: '/hello', answer: () => json(200, { hello: 'world' }) };
const guarded: Route = {
  method: 'GET',
  path: '/guarded',
  token: () => 'right-token',
  answer: () => json(200, {}),
};
const echo: Route = {
  method: 'POST',
  path: '/echo',
  body: { types: ['application/json', 'application/fhir+json'], maxBytes: 1_000 },
  answer: ({ body }) => json(200, { length: body.length, text: new TextDecoder().decode(body) }),
};

const post = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/echo`, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } });

describe('a route', () => {
  test('is found by its whole path, whatever is asked of it', async () => {
    const { url } = await served([hello]);
    const answer = await fetch(`${url}/hello?deep=true`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.json()).toEqual({ hello: 'world' });
  });

  test.each(['/', '/hell', '/hello/', '/hello/..', '/HELLO', '//hello', '/%68ello'])(
    '%s is none',
    async (path) => {
      const { port } = await served([hello]);
      const client = await RawClient.to(port);
      client.write(`GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
      expect(await client.ended()).toMatch(/^HTTP\/1\.1 404 [\s\S]*\{"error":"not-found"\}\n$/);
    },
  );

  test('HEAD is answered with the length and no body', async () => {
    const { url } = await served([hello]);
    const answer = await fetch(`${url}/hello`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '18']);
    expect(await answer.text()).toBe('');
  });

  test('another method is told which ones there are', async () => {
    const { url } = await served([hello, echo]);
    const deleted = await fetch(`${url}/hello`, { method: 'DELETE' });
    expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const got = await fetch(`${url}/echo`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('what it throws reaches the operator, and never the client', async () => {
    const failures: [string, unknown][] = [];
    const secret = new Error('MRN-4711 could not be parsed');
    const fails: Route = {
      method: 'GET',
      path: '/fails',
      answer: () => {
        throw secret;
      },
    };
    const { url } = await served([fails], { onFailure: (path, error) => failures.push([path, error]) });
    const answer = await fetch(`${url}/fails`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toBe('{"error":"internal"}\n');
    expect(failures).toEqual([['/fails', secret]]);
  });
});

describe('a token', () => {
  test('opens the door', async () => {
    const { url } = await served([guarded]);
    for (const scheme of ['Bearer', 'bearer']) {
      const answer = await fetch(`${url}/guarded`, { headers: { Authorization: `${scheme} right-token` } });
      expect(answer.status).toBe(200);
    }
  });

  test.each<[string, Record<string, string>]>([
    ['none', {}],
    ['a wrong one', { Authorization: 'Bearer wrong-token' }],
    ['the beginning of it', { Authorization: 'Bearer right' }],
    ['more than it', { Authorization: 'Bearer right-token-and-more' }],
    ['another scheme', { Authorization: 'Basic right-token' }],
    ['the bare token', { Authorization: 'right-token' }],
    ['nothing behind the scheme', { Authorization: 'Bearer ' }],
  ])('%s is refused', async (_what, headers) => {
    const { url } = await served([guarded]);
    const answer = await fetch(`${url}/guarded`, { headers });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await answer.text()).toBe('{"error":"unauthorized"}\n');
  });

  test('is asked for each time: a changed one counts at once', async () => {
    let token = 'old';
    const { url } = await served([{ ...guarded, token: () => token }]);
    const status = async (): Promise<number> =>
      (await fetch(`${url}/guarded`, { headers: { Authorization: 'Bearer old' } })).status;
    expect(await status()).toBe(200);
    token = 'new';
    expect(await status()).toBe(401);
  });

  test('an empty one lets nobody in', async () => {
    const { url } = await served([{ ...guarded, token: () => '' }]);
    expect((await fetch(`${url}/guarded`, { headers: { Authorization: 'Bearer ' } })).status).toBe(401);
  });

  test('is checked before a byte of the body is read', async () => {
    const { port } = await served([{ ...echo, token: () => 'right-token' }]);
    const client = await RawClient.to(port);
    client.write(
      'POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n',
    );
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 401 [\s\S]*"unauthorized"\}\n$/);
  });
});

describe('a body', () => {
  test('comes whole, also in pieces', async () => {
    const { port } = await served([echo]);
    const client = await RawClient.to(port);
    client.write(
      'POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: Application/FHIR+JSON; charset=utf-8\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n',
    );
    client.write('4\r\ndefg\r\n0\r\n\r\n');
    expect(await client.ended()).toContain('{"length":7,"text":"abcdefg"}');
  });

  test('who asks before sending is told to go on', async () => {
    const { port } = await served([echo]);
    const client = await RawClient.to(port);
    client.write(
      'POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n',
    );
    await client.heard('100 Continue');
    client.write('{}');
    expect(await client.ended()).toContain('{"length":2,"text":"{}"}');
  });

  test('of the greatest length is taken, a byte more is not', async () => {
    const { url } = await served([echo]);
    expect((await post(url, 'x'.repeat(1_000))).status).toBe(200);
    const answer = await post(url, 'x'.repeat(1_001));
    expect(answer.status).toBe(413);
    expect(await answer.text()).toBe('{"error":"too-large"}\n');
  });

  test('that tells that it is a byte too long is refused before it comes', async () => {
    const { port } = await served([echo]);
    const client = await RawClient.to(port);
    client.write(
      'POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 1001\r\n\r\n',
    );
    expect(await client.heard('too-large')).toMatch(/^HTTP\/1\.1 413 /);
    client.cut();
  });

  test('that does not tell its length is refused when it is too long, and the answer is heard', async () => {
    const { url, port } = await served([echo]);
    const client = await RawClient.to(port);
    client.write(
      'POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    for (let i = 0; i < 40; i++) client.write(`64\r\n${'x'.repeat(100)}\r\n`);
    expect(await client.heard('too-large')).toMatch(/^HTTP\/1\.1 413 /);
    client.cut();
    // The server is none the worse.
    expect((await post(url, '{}')).status).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    ['of another type', { 'Content-Type': 'text/plain' }],
    ['of no type', { 'Content-Type': '' }],
    ['of a type that only begins alike', { 'Content-Type': 'application/json-patch+json' }],
    ['that is packed', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }],
  ])('%s is refused, with what is taken', async (_what, headers) => {
    const { url } = await served([echo]);
    const answer = await post(url, '{}', headers);
    expect([answer.status, answer.headers.get('accept')]).toEqual([
      415,
      'application/json, application/fhir+json',
    ]);
  });

  test('whose client goes in the middle is nobody’s failure', async () => {
    const failures: unknown[] = [];
    const answered: string[] = [];
    const { url, port } = await served(
      [
        {
          ...echo,
          answer: (asked) => {
            answered.push(new TextDecoder().decode(asked.body));
            return json(200, {});
          },
        },
      ],
      { onFailure: (_path, error) => failures.push(error) },
    );
    const client = await RawClient.to(port);
    client.write(
      'POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\nhalf',
    );
    client.cut();
    expect((await post(url, 'whole')).status).toBe(200);
    expect([answered, failures]).toEqual([['whole'], []]);
  });
});
