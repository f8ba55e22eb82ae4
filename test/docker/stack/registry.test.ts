import { describe, expect, test } from 'vitest';
import { ask } from '../../../docker/stack/registry/http-request.ts';
import { registryServer } from '../../servers/registry.ts';
import { useServer } from '../../servers/use-server.ts';

const record = (...fields: string[]): { schema: string } => ({
  schema: JSON.stringify({
    type: 'record',
    name: 'Stack',
    fields: fields.map((name) => ({ name, type: 'string' })),
  }),
});

describe('the registry that a run shares', () => {
  const registry = useServer(() => registryServer());

  test('gives a schema an id and gives the schema back', async () => {
    const versions = `${registry().url}/subjects/stack-one-value/versions`;
    const { status, body } = await ask(versions, { method: 'POST', json: record('a') });
    expect(status).toBe(200);
    const { id }: { id: number } = JSON.parse(body);
    const found = await ask(`${registry().url}/schemas/ids/${id}`);
    expect(JSON.parse(found.body)).toMatchObject(record('a'));
  });

  test('refuses a schema that old readers could not read, as Confluent does', async () => {
    const versions = `${registry().url}/subjects/stack-two-value/versions`;
    expect(await ask(versions, { method: 'POST', json: record('a') })).toMatchObject({ status: 200 });
    expect(await ask(versions, { method: 'POST', json: record('a', 'b') })).toMatchObject({ status: 409 });
  });
});

describe('a secured registry of its own', () => {
  const registry = useServer(() => registryServer({ own: true, secure: true }));

  test('asks for a password', async () => {
    const subjects = `${registry().url}/subjects`;
    expect(await ask(subjects)).toMatchObject({ status: 401 });
    expect(await ask(subjects, { user: registry().user })).toMatchObject({ status: 200 });
  });

  test('keeps its schemas over a restart', async () => {
    const { url, user } = registry();
    await ask(`${url}/subjects/kept-value/versions`, { method: 'POST', json: record('a'), user });
    await registry().restart();
    expect((await ask(`${url}/subjects`, { user })).body).toBe('["kept-value"]');
  });
});
