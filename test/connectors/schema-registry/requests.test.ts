import { describe, expect, test } from 'vitest';
import { basic, bearer } from '../../../connectors/schema-registry/authorization.ts';
import { schemaRegistry } from '../../../connectors/schema-registry/schema-registry.ts';
import { json, NotedClock, plain, scripted } from './scripted-registry.ts';

const SCHEMA = '{"type":"string"}';
const clock = new NotedClock();

describe('requests', () => {
  test.for(['/apis/ccompat/v7', '/apis/ccompat/v7/'])('go below the path of the address %s', async (path) => {
    const { url, asked } = await scripted([json({ schema: SCHEMA })]);
    await schemaRegistry({ url: `${url}${path}`, clock }).schemaOf(7);
    expect(asked[0]?.path).toBe('/apis/ccompat/v7/schemas/ids/7');
  });

  test('a subject is one part of a path, whatever its characters', async () => {
    const { url, asked } = await scripted([json({ id: 1, version: 1, schema: SCHEMA })]);
    await schemaRegistry({ url, clock }).latest('a/b c?$&-value');
    expect(asked[0]?.path).toBe('/subjects/a%2Fb%20c%3F%24%26-value/versions/latest');
  });

  test('name and password go as UTF-8', async () => {
    const { url, asked } = await scripted([json({ schema: SCHEMA })]);
    await schemaRegistry({ url, clock, authorization: () => basic('sepsis', 'pä:ss') }).schemaOf(7);
    expect(asked[0]?.headers['authorization']).toBe(
      `Basic ${Buffer.from('sepsis:pä:ss').toString('base64')}`,
    );
  });

  test('a token that changes is sent as it is then, also when a request is tried again', async () => {
    const tokens = ['one', 'two', 'three'];
    const { url, asked } = await scripted([plain('', 503), json({ schema: SCHEMA })]);
    const registry = schemaRegistry({ url, clock, authorization: () => bearer(tokens.shift() ?? '') });
    await registry.schemaOf(7);
    await registry.schemaOf(8);
    expect(asked.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer one',
      'Bearer two',
      'Bearer three',
    ]);
  });

  test('fields that are not known are ignored', async () => {
    const more = { guid: 'x', ts: 1, deleted: false, references: [], metadata: { owner: 'x' } };
    const { url } = await scripted([json({ subject: 's', id: 9, version: 1, schema: SCHEMA, ...more })]);
    expect(await schemaRegistry({ url, clock }).latest('s')).toEqual({ id: 9, version: 1, schema: SCHEMA });
  });

  test.for([0, -5, 2 ** 31 - 1, -(2 ** 31)])('an id is any 32-bit number: %i', async (id) => {
    const { url } = await scripted([json({ id })]);
    expect(await schemaRegistry({ url, clock }).idOf('s', SCHEMA)).toBe(id);
  });

  test('numbers of deleted versions are left out', async () => {
    const gone = json({ error_code: 40402, message: 'Version not found.' }, 404);
    const { url } = await scripted([json({ id: 9, version: 2, schema: SCHEMA }), gone]);
    const versions = await schemaRegistry({ url, clock }).versions('s');
    expect(versions).toEqual([{ id: 9, version: 2, schema: SCHEMA }]);
  });

  test('the same schema written in another way is found by reading the versions', async () => {
    const absent = json({ error_code: 40403, message: 'Schema not found' }, 404);
    const { url } = await scripted([absent, json({ id: 9, version: 1, schema: '{ "type" : "string" }' })]);
    expect(await schemaRegistry({ url, clock }).idOf('s', SCHEMA)).toBe(9);
  });
});

describe('what the registry said once', () => {
  test('is not asked for again, in either direction', async () => {
    const { url, asked } = await scripted([json({ id: 9, version: 1, schema: SCHEMA })]);
    const registry = schemaRegistry({ url, clock });
    await registry.latest('s');
    expect(await registry.idOf('s', ' {"type": "string"}')).toBe(9);
    expect(await registry.schemaOf(9)).toBe(SCHEMA);
    expect(asked).toHaveLength(1);
  });

  test('is known in whatever order its attributes are written', async () => {
    const fields = [{ name: 'a', type: 'string', default: '' }];
    const told = { type: 'record', name: 'R', fields };
    const asks = {
      name: 'R',
      fields: fields.map(({ name, ...more }) => ({ ...more, name })),
      type: 'record',
    };
    const { url, asked } = await scripted([json({ id: 9, version: 1, schema: JSON.stringify(told) })]);
    const registry = schemaRegistry({ url, clock });
    await registry.versions('s');
    expect(await registry.idOf('s', JSON.stringify(asks))).toBe(9);
    expect(asked).toHaveLength(1);
  });

  test('is another one when fields or symbols stand in another order', async () => {
    const symbols = ['A', 'B'];
    const schemaOf = (of: readonly string[]): string =>
      JSON.stringify({ type: 'enum', name: 'E', symbols: of });
    const { url, asked } = await scripted([
      json({ id: 9, version: 1, schema: schemaOf(symbols) }),
      json({ id: 10 }),
    ]);
    const registry = schemaRegistry({ url, clock });
    await registry.versions('s');
    expect(await registry.idOf('s', schemaOf(symbols.toReversed()))).toBe(10);
    expect(asked).toHaveLength(2);
  });

  test('is asked for once by all who ask at the same time', async () => {
    const { url, asked } = await scripted([json({ id: 9, schema: SCHEMA })]);
    const registry = schemaRegistry({ url, clock });
    const many = Array.from({ length: 20 });
    expect(new Set(await Promise.all(many.map(() => registry.schemaOf(9))))).toEqual(new Set([SCHEMA]));
    expect(new Set(await Promise.all(many.map(() => registry.idOf('s', SCHEMA))))).toEqual(new Set([9]));
    expect(asked).toHaveLength(2);
  });

  test('what was not there is asked for again', async () => {
    const absent = json({ error_code: 40403, message: 'Schema not found' }, 404);
    const { url } = await scripted([absent, json({ schema: SCHEMA })]);
    const registry = schemaRegistry({ url, clock });
    await expect(registry.schemaOf(9)).rejects.toMatchObject({ code: 'unknown-schema' });
    expect(await registry.schemaOf(9)).toBe(SCHEMA);
  });
});

describe('compatibility', () => {
  const newest = json({ id: 9, version: 1, schema: '{"type":"string"}' });

  test('the reasons of the registry are passed on', async () => {
    const { url } = await scripted([
      newest,
      json({ is_compatible: false, messages: ['FULL: not readable'] }),
    ]);
    const { compatible, reasons } = await schemaRegistry({ url, clock }).compatible('s', SCHEMA);
    expect([compatible, reasons]).toEqual([false, ['FULL: not readable']]);
  });

  test('a registry without a level for the subject does not make an unreadable schema compatible', async () => {
    const { url } = await scripted([newest, json({ is_compatible: true })]);
    const { compatible, reasons } = await schemaRegistry({ url, clock }).compatible('s', '{"type":"int"}');
    expect([compatible, reasons.length]).toEqual([false, 1]);
  });

  test('nor does it register one', async () => {
    const absent = json({ error_code: 40403, message: 'Schema not found' }, 404);
    const { url, asked } = await scripted([absent, newest]);
    await expect(schemaRegistry({ url, clock }).register('s', '{"type":"int"}')).rejects.toMatchObject({
      code: 'schema-incompatible',
    });
    expect(asked.filter(({ path }) => path.endsWith('/versions'))).toEqual([]);
  });
});
