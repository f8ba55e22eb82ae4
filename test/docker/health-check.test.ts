import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { serveOperations } from '../../app/http/operations.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { newAuthority } from '../../docker/stack/certificates.ts';
import { useServer } from '../servers/use-server.ts';

const dockerfile = readFileSync(new URL('../../docker/Dockerfile', import.meta.url), 'utf8').replaceAll(
  '\\\n',
  ' ',
);
const [, check = ''] = /^HEALTHCHECK .*? CMD (\[.*\])$/m.exec(dockerfile) ?? [];
const environment: Record<string, string> = Object.fromEntries(
  [...dockerfile.matchAll(/^ENV (HTTP_\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
);

/** Exit code of the image's health check in this environment, beside that of the image. */
function healthCheck(more: Readonly<Record<string, string>>): Promise<number> {
  const [, ...args]: string[] = JSON.parse(check);
  const env = { PATH: process.env['PATH'] ?? '', ...environment, ...more };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, timeout: 30_000 }, (error) =>
      resolve(error === null ? 0 : Number(error.code)),
    );
  });
}

async function serving(tls?: {
  cert: string;
  key: string;
}): Promise<{ port: string; end: () => void; close: () => Promise<void> }> {
  let port = '';
  const operations = await serveOperations(
    {
      host: environment['HTTP_HOST'] ?? '',
      port: 0,
      token: () => 'token',
      ...(tls === undefined ? {} : { tls }),
    },
    {
      slots: ['a'],
      clock: systemClock,
      say: (_event, fields) => {
        port = String(fields['port']);
      },
    },
  );
  return { port, end: () => operations.workers.ended('a'), close: () => operations.close() };
}

describe("the image's health check", () => {
  const folder = mkdtempSync(join(tmpdir(), 'sepsis-health-check-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const certificate = useServer(async () => (await newAuthority(folder)).issue('health'));

  test('asks where the image serves', () => {
    expect(environment).toEqual({ HTTP_HOST: '0.0.0.0', HTTP_PORT: '8080' });
    expect(dockerfile).toMatch(/^EXPOSE 8080$/m);
  });

  test('is content with a process that lives, and with no other', async () => {
    const { port, end, close } = await serving();
    expect(await healthCheck({ HTTP_PORT: port })).toBe(0);
    expect(await healthCheck({ HTTP_PORT: port, HTTP_HOST: '127.0.0.1' })).toBe(0);
    end();
    expect(await healthCheck({ HTTP_PORT: port })).toBe(1);
    await close();
    expect(await healthCheck({ HTTP_PORT: port })).toBe(1);
  });

  test('speaks TLS where the process does', async () => {
    const { certificate: file, key } = certificate();
    const tls = { cert: readFileSync(file, 'utf8'), key: readFileSync(key, 'utf8') };
    const { port, close } = await serving(tls);
    expect(await healthCheck({ HTTP_PORT: port, HTTP_TLS_CERT_FILE: file })).toBe(0);
    expect(await healthCheck({ HTTP_PORT: port })).toBe(1);
    await close();
  });
});
