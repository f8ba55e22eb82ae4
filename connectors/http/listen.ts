import { once } from 'node:events';
import type { Server } from 'node:http';
import { StreamsError } from '../../topology/model/errors.ts';

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not listen there',
  ENOTFOUND: 'no such host is known',
};

/** Resolves to the port once the server listens. @throws StreamsError `http-address-unavailable`. */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unexpected';
    const why = WHY[code] ?? 'the system refuses it';
    throw new StreamsError(
      'http-address-unavailable',
      `Cannot listen on ${host} port ${port}: ${why} (${code}).`,
      cause,
    );
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
