import { afterAll, beforeAll, beforeEach } from 'vitest';
import { isStreamsError } from '../../topology/model/errors.ts';

/**
 * Gives the tests of a file, or of a `describe`, a server: `const kafka = useServer(() => kafkaServer());`, in a test
 * `kafka().bootstrap`. One that can be stopped, because it is the file's own, is stopped behind the last test.
 * Where it cannot be had (no Java, no Maven, no network) the tests are skipped and the reason is named at the end of the run.
 */
export function useServer<T extends object>(start: () => Promise<T>): () => T {
  let server: T | undefined;
  let missing: string | undefined;
  beforeAll(async () => {
    try {
      server = await start();
    } catch (error) {
      if (!isStreamsError(error) || !UNAVAILABLE.has(error.code)) throw error;
      missing = error.message;
    }
  });
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  afterAll(async () => {
    if (server !== undefined && canStop(server)) await server.stop();
  });
  return () => {
    if (server === undefined)
      throw new Error(missing ?? 'The server is there in tests and hooks, not before.');
    return server;
  };
}

const UNAVAILABLE: ReadonlySet<string> = new Set(['tool-missing', 'download-failed']);

const canStop = (server: object): server is { stop(): Promise<void> } =>
  'stop' in server && typeof server.stop === 'function';
