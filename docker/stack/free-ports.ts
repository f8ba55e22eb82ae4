import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems hand out for outgoing connections, so that no client takes the port before the server does. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/**
 * So many different ports of 127.0.0.1 that are free now. Another process may take one before it is used: whoever starts
 * a server on it must be ready to try others (`isPortTaken`).
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether a server's log says that it ended because someone else had its port. */
export const isPortTaken = (log: string): boolean =>
  /address already in use|BindException|port \d+ (?:is|seems to be) (?:already )?in use/i.test(log);
