import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { SUBJECTS } from '../../../schemas/codecs/subjects.ts';

const CLI = join(import.meta.dirname, '../../../app/cli.ts');

/** As much of a registry as registering asks for. */
async function smallRegistry(): Promise<{ readonly url: string; readonly registered: Map<string, string> }> {
  const registered = new Map<string, string>();
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    void text(request).then((body) => {
      const [, what, subject = '', versions] = (request.url ?? '').split('/');
      if (request.method === 'PUT') return answer(200, { compatibility: 'BACKWARD' });
      if (what === 'config') return answer(404, { error_code: 40408, message: 'No level.' });
      if (request.method === 'POST' && versions !== undefined) {
        const { schema } = JSON.parse(body) as { readonly schema: string };
        registered.set(subject, schema);
        return answer(200, { id: registered.size });
      }
      const schema = registered.get(subject);
      if (request.method === 'POST' || schema === undefined)
        return answer(404, { error_code: 40401, message: 'Subject not found.' });
      return answer(200, { subject, version: 1, id: [...registered.keys()].indexOf(subject) + 1, schema });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, registered };
}

test('what is told is read no further, as by `grep -q`: all is registered all the same', async () => {
  const { url, registered } = await smallRegistry();
  const child = spawn(process.execPath, [CLI, 'schemas', 'register'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SCHEMA_REGISTRY_URL: url },
  });
  child.stdout.destroy();
  const said = text(child.stderr);
  const [code] = await once(child, 'close');
  expect([code, await said]).toEqual([0, '']);
  expect([...registered.keys()].toSorted()).toEqual(
    Object.values(SUBJECTS)
      .map(({ subject }) => subject)
      .toSorted(),
  );
});
