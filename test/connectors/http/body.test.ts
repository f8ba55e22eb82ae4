import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { bodyOf } from '../../../connectors/http/body.ts';
import { RawClient } from './served.ts';

test('whoever waits for the body of a client that went away waits no longer', async () => {
  const server = createServer().listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  const client = await RawClient.to(typeof address === 'object' && address !== null ? address.port : 0);
  client.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf');
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  const body = bodyOf(request, { types: [], maxBytes: 1_000 });
  client.cut();
  await expect(body).rejects.toMatchObject({ reason: 'bad-request' });
  server.close();
});
