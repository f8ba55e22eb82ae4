import { describe, expect, test } from 'vitest';
import { checkSubjects } from '../../../app/schemas/check-subjects.ts';
import { registerSubjects } from '../../../app/schemas/register-subjects.ts';
import { memorySchemaRegistry } from '../../../connectors/memory/schema-registry.ts';
import type { Subject } from '../../../schemas/codecs/subjects.ts';
import { levelledMemoryRegistry } from './levelled-memory-registry.ts';

const record = (...fields: readonly object[]): string =>
  JSON.stringify({ type: 'record', name: 'Reading', fields: [{ name: 'id', type: 'string' }, ...fields] });
const V1 = record();
const V2 = record({ name: 'unit', type: 'string', default: '' });
const BROKEN = record({ name: 'unit', type: 'string' });

const a = (schema: string): Subject => ({ subject: 'a-value', schema });
const long: Subject = { subject: 'longer-value', schema: V1 };

describe('schemas check', () => {
  test('tells what is missing, and passes: it can be registered', async () => {
    const checked = await checkSubjects(memorySchemaRegistry(), [a(V1), long], { registered: false });
    expect(checked).toEqual({
      lines: [
        'a-value       missing       not in the registry',
        'longer-value  missing       not in the registry',
        '2 of 2 not registered: run `sepsis-streams schemas register` before a worker starts.',
      ],
      passed: true,
    });
  });

  test('tells what is identical, whatever its white space', async () => {
    const registry = memorySchemaRegistry();
    await registry.register('a-value', JSON.stringify(JSON.parse(V1), null, 2));
    const { lines, passed } = await checkSubjects(registry, [a(V1)], { registered: true });
    expect(lines).toEqual(['a-value  identical     version 1, id 1', 'All 1 registered.']);
    expect(passed).toBe(true);
  });

  test('tells when a newer version is there than this build knows', async () => {
    const registry = memorySchemaRegistry();
    for (const schema of [V1, V2]) await registry.register('a-value', schema);
    const { lines, passed } = await checkSubjects(registry, [a(V1)], { registered: true });
    expect(lines[0]).toBe('a-value  identical     version 1, id 1; the newest is version 2');
    expect(passed).toBe(true);
  });

  test('tells what could follow', async () => {
    const registry = memorySchemaRegistry();
    await registry.register('a-value', V1);
    const { lines, passed } = await checkSubjects(registry, [a(V2)], { registered: false });
    expect(lines[0]).toBe('a-value  compatible    can follow version 1');
    expect(passed).toBe(true);
    expect(await registry.versions('a-value')).toHaveLength(1);
  });

  test('fails on what could not, and says why', async () => {
    const registry = memorySchemaRegistry();
    await registry.register('a-value', V1);
    const { lines, passed } = await checkSubjects(registry, [a(BROKEN), long], { registered: false });
    expect(lines[0]).toMatch(/^a-value {7}incompatible {2}cannot read version 1: .*unit/);
    expect(lines.at(-1)).toMatch(/^1 of 2 incompatible: give every added field a default/);
    expect(passed).toBe(false);
  });

  test.for([V1, V2])('with --registered fails on what is not registered', async (schema) => {
    const registry = memorySchemaRegistry();
    await registry.register(schema === V1 ? 'another' : 'a-value', V1);
    expect(await checkSubjects(registry, [a(schema)], { registered: true })).toMatchObject({ passed: false });
  });
});

describe('schemas register', () => {
  const registered = async (
    { registry }: ReturnType<typeof levelledMemoryRegistry>,
    ...subjects: readonly Subject[]
  ): Promise<string[]> => {
    const lines: string[] = [];
    await registerSubjects(registry, subjects, (line) => lines.push(line));
    return lines;
  };

  test('registers what is missing, then sets its compatibility', async () => {
    const world = levelledMemoryRegistry();
    expect(await registered(world, a(V1), long)).toEqual([
      'a-value       registered  version 1, id 1; compatibility BACKWARD, was not set',
      'longer-value  registered  version 1, id 1; compatibility BACKWARD, was not set',
    ]);
    expect(world.changes).toEqual([
      'register a-value',
      'level a-value',
      'register longer-value',
      'level longer-value',
    ]);
  });

  test('again changes nothing', async () => {
    const world = levelledMemoryRegistry();
    await registered(world, a(V1));
    world.changes.length = 0;
    expect(await registered(world, a(V1))).toEqual([
      'a-value  unchanged   version 1, id 1; compatibility BACKWARD',
    ]);
    expect(world.changes).toEqual([]);
  });

  test('of a subject that is there, the compatibility is set first', async () => {
    const world = levelledMemoryRegistry({ 'a-value': 'NONE' });
    await world.registry.register('a-value', V1);
    world.changes.length = 0;
    expect(await registered(world, a(V2))).toEqual([
      'a-value  registered  version 2, id 2; compatibility BACKWARD, was NONE',
    ]);
    expect(world.changes).toEqual(['level a-value', 'register a-value']);
  });

  test.for(['FULL', 'FULL_TRANSITIVE', 'BACKWARD_TRANSITIVE'])(
    'the stricter level %s stays',
    async (level) => {
      const world = levelledMemoryRegistry({ 'a-value': level });
      expect((await registered(world, a(V1)))[0]).toMatch(new RegExp(`compatibility ${level}$`));
      expect(world.changes).toEqual(['register a-value']);
    },
  );

  test('when one is incompatible nothing is registered', async () => {
    const world = levelledMemoryRegistry();
    await world.registry.register('a-value', V1);
    world.changes.length = 0;
    await expect(registered(world, long, a(BROKEN))).rejects.toMatchObject({
      code: 'schema-incompatible',
      message: expect.stringMatching(/^Nothing is registered\. a-value refuses the schema: .*unit/),
    });
    expect(world.changes).toEqual([]);
  });
});
