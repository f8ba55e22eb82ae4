import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { basic } from '../../../connectors/schema-registry/authorization.ts';
import {
  type LevelledSchemaRegistry,
  schemaRegistry,
} from '../../../connectors/schema-registry/schema-registry.ts';
import { bindCodecs } from '../../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../../schemas/codecs/subjects.ts';
import { schemaRegistryConformance } from '../../conformance/schema-registry.ts';
import { registryServer } from '../../servers/registry.ts';
import { useServer } from '../../servers/use-server.ts';
import { NotedClock } from './scripted-registry.ts';

const server = useServer(() => registryServer({ own: true, secure: true }));

function registry(password = server().user?.password, clock = systemClock): LevelledSchemaRegistry {
  const { url, user } = server();
  return schemaRegistry({ url, clock, authorization: () => basic(user?.name ?? '', password ?? '') });
}

schemaRegistryConformance('Apicurio, with a password', async () => registry());

describe('a real registry', () => {
  test('a wrong password is told with the setting', async () => {
    await expect(registry('wrong').latest('s')).rejects.toMatchObject({
      code: 'registry-authentication-failed',
      message: expect.stringContaining('SCHEMA_REGISTRY_PASSWORD'),
    });
  });

  test('a path that is wrong is told with the setting', async () => {
    const url = server().url.replace('/apis/ccompat/v7', '/apis/ccompat');
    const { user } = server();
    const authorization = (): string => basic(user?.name ?? '', user?.password ?? '');
    await expect(
      schemaRegistry({ url, clock: systemClock, authorization }).latest('s'),
    ).rejects.toMatchObject({
      code: 'not-a-registry',
    });
  });

  test('a text that is no schema is refused', async () => {
    await expect(registry().register(`refused-${randomUUID()}`, '{"type":"nothing"}')).rejects.toMatchObject({
      code: 'registry-refused',
    });
  });

  test('the level of a subject can be set and read', async () => {
    const [one, subject] = [registry(), `level-${randomUUID()}-value`];
    await one.register(subject, '{"type":"string"}');
    await one.setLevel(subject, 'BACKWARD');
    expect(await one.level(subject)).toBe('BACKWARD');
  });

  test('a start asks once for each subject, however the registry writes its schemas', async () => {
    const { url, user } = server();
    for (const { subject, schema } of Object.values(SUBJECTS)) await registry().register(subject, schema);
    let asked = 0;
    const authorization = (): string => {
      asked++;
      return basic(user?.name ?? '', user?.password ?? '');
    };
    await bindCodecs(schemaRegistry({ url, clock: systemClock, authorization }));
    expect(asked).toBe(Object.keys(SUBJECTS).length);
  });

  test('who knows the schemas goes on while it is down, and others are told', async () => {
    const one = registry();
    for (const { subject, schema } of Object.values(SUBJECTS)) await one.register(subject, schema);
    await bindCodecs(one);
    const { subject, schema } = SUBJECTS.clinicalEvent;
    const id = await one.idOf(subject, schema);
    await server().stop();
    try {
      expect(await one.idOf(subject, schema)).toBe(id);
      expect(JSON.parse(await one.schemaOf(id))).toEqual(JSON.parse(schema));
      await expect(bindCodecs(one)).resolves.toHaveProperty('clinicalEvent');
      await expect(registry(undefined, new NotedClock()).idOf(subject, schema)).rejects.toMatchObject({
        code: 'registry-unavailable',
      });
    } finally {
      await server().restart();
    }
    expect(await registry().idOf(subject, schema)).toBe(id);
  });
});
