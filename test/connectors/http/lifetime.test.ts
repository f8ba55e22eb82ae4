import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { json, type Route } from '../../../connectors/http/route.ts';
import { newAuthority } from '../../../docker/stack/certificates.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { useServer } from '../../servers/use-server.ts';
import { RawClient, served } from './served.ts';

const hello: Route = { method: 'GET', path: '/hello', answer: () => json(200, { hello: 'world' }) };

describe('to listen', () => {
  test('where another listens is refused with the address and the mend', async () => {
    const { port } = await served([hello]);
    await expect(served([hello], { port })).rejects.toMatchObject({
      code: 'http-address-unavailable',
      message: `Cannot listen on 127.0.0.1 port ${port}: another program listens there (EADDRINUSE). Choose another HTTP_PORT or HTTP_HOST, or end what listens there.`,
    });
  });

  test('on an address of another machine is refused', async () => {
    await expect(served([hello], { host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'http-address-unavailable',
      message: expect.stringContaining('this machine has no such address'),
    });
  });
});

describe('to close', () => {
  /** A route that is answered when the test says so. */
  function held(): { route: Route; asked: Promise<void>; answer: () => void } {
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const route: Route = {
      method: 'GET',
      path: '/held',
      answer: async () => {
        asked.resolve();
        await answered.promise;
        return json(200, { held: true });
      },
    };
    return { route, asked: asked.promise, answer: () => answered.resolve() };
  }

  test('finishes what is in flight, and lets nobody else in', async () => {
    const { route, asked, answer } = held();
    const server = await served([route]);
    const client = await RawClient.to(server.port);
    client.write('GET /held HTTP/1.1\r\nHost: h\r\n\r\n');
    await asked;
    let closed = false;
    const closing = server.close().then(() => {
      closed = true;
    });
    await expect(fetch(`${server.url}/held`)).rejects.toThrow();
    expect(closed).toBe(false);
    answer();
    await closing;
    expect(await client.ended()).toMatch(/Connection: close\r\n[\s\S]*\{"held":true\}\n$/);
  });

  test('ends connections that are kept alive, and those that never asked', async () => {
    const server = await served([hello], { limits: { close: milliseconds(200) } });
    const [kept, mute] = [await RawClient.to(server.port), await RawClient.to(server.port)];
    kept.write('GET /hello HTTP/1.1\r\nHost: h\r\n\r\n');
    await kept.heard('world');
    await server.close();
    await kept.ended();
    expect(await mute.ended()).toBe('');
  });

  test('waits no longer than its limit', async () => {
    const { route, asked, answer } = held();
    const server = await served([route], { limits: { close: milliseconds(100) } });
    const client = await RawClient.to(server.port);
    client.write('GET /held HTTP/1.1\r\nHost: h\r\n\r\n');
    await asked;
    await server.close();
    expect(await client.ended()).toBe('');
    answer();
  });
});

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sepsis-http-tls-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const certificates = useServer(async () => {
    const authority = await newAuthority(folder);
    const read = (path: string): string => readFileSync(path, 'utf8');
    const [own, other] = [
      await authority.issue('health', ['IP:127.0.0.1']),
      await authority.issue('other', ['IP:127.0.0.1']),
    ];
    return {
      ca: read(authority.ca),
      own: { cert: read(own.certificate), key: read(own.key) },
      otherKey: read(other.key),
    };
  });

  test('a client that trusts the authority is served', async () => {
    const { ca, own } = certificates();
    const { url } = await served([hello], { tls: own });
    const [answer] = (await once(get(`${url}/hello`, { ca, agent: false }), 'response')) as [IncomingMessage];
    expect(await text(answer)).toBe('{"hello":"world"}\n');
  });

  test('plain HTTP is not', async () => {
    const { port } = await served([hello], { tls: certificates().own });
    const client = await RawClient.to(port);
    client.write('GET /hello HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(await client.ended()).not.toContain('world');
  });

  test.each([
    ['the key of another certificate', () => ({ ...certificates().own, key: certificates().otherKey })],
    ['no PEM', () => ({ cert: 'cert', key: 'key' })],
  ])('%s is told with the variables, and without the key', async (_what, tls) => {
    await expect(served([hello], { tls: tls() })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(
        /^HTTP_TLS_CERT_FILE and HTTP_TLS_KEY_FILE make no TLS server \([A-Z\d_]+\)/,
      ),
    });
  });
});
