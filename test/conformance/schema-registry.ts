import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SchemaRegistry } from '../../topology/ports/schema-registry.ts';

interface Field {
  readonly name: string;
  readonly type: string;
  readonly default?: unknown;
}

const record = (...fields: readonly Field[]): string =>
  JSON.stringify({ type: 'record', name: 'Reading', namespace: 'org.example', fields });

const id: Field = { name: 'id', type: 'string' };
const V1 = record(id);
const V2 = record(id, { name: 'unit', type: 'string', default: '' });
const WITHOUT_DEFAULT = record(id, { name: 'unit', type: 'string' });

/** What every Schema Registry must do. `make` may return one that others use too: each test has subjects of its own. */
export function schemaRegistryConformance(name: string, make: () => Promise<SchemaRegistry>): void {
  const start = async (): Promise<{ registry: SchemaRegistry; subject: string }> => ({
    registry: await make(),
    subject: `conformance-${randomUUID()}-value`,
  });

  describe(`schema registry: ${name}`, () => {
    test('a registered schema is found by subject, and by id', async () => {
      const { registry, subject } = await start();
      const registered = await registry.register(subject, V1);
      expect(await registry.idOf(subject, V1)).toBe(registered);
      expect(JSON.parse(await registry.schemaOf(registered))).toEqual(JSON.parse(V1));
    });

    test('registering again gives the same id and no new version', async () => {
      const { registry, subject } = await start();
      const first = await registry.register(subject, V1);
      expect(await registry.register(subject, V1)).toBe(first);
      expect(await registry.versions(subject)).toHaveLength(1);
    });

    test('white space makes no other schema', async () => {
      const { registry, subject } = await start();
      const first = await registry.register(subject, V1);
      expect(await registry.idOf(subject, JSON.stringify(JSON.parse(V1), null, 2))).toBe(first);
    });

    test('the order of attributes makes no other schema', async () => {
      const { registry, subject } = await start();
      const first = await registry.register(subject, V1);
      const turned = Object.fromEntries(Object.entries(JSON.parse(V1) as object).toReversed());
      expect(Object.keys(turned).length).toBeGreaterThan(1);
      expect(await registry.idOf(subject, JSON.stringify(turned))).toBe(first);
      expect(await registry.register(subject, JSON.stringify(turned))).toBe(first);
      expect(await registry.versions(subject)).toHaveLength(1);
    });

    test('a schema has one id in all subjects', async () => {
      const { registry, subject } = await start();
      expect(await registry.register(subject, V2)).toBe(await registry.register(`other-${subject}`, V2));
    });

    test('versions come oldest first, and the last one is the latest', async () => {
      const { registry, subject } = await start();
      const ids = [await registry.register(subject, V1), await registry.register(subject, V2)];
      const versions = await registry.versions(subject);
      expect(versions.map((version) => version.id)).toEqual(ids);
      expect(versions.map((version) => version.version)).toEqual([1, 2]);
      expect(await registry.latest(subject)).toEqual(versions[1]);
      expect(ids[0]).not.toBe(ids[1]);
    });

    test('a subject that is not known has no versions and no latest one', async () => {
      const { registry, subject } = await start();
      expect(await registry.versions(subject)).toEqual([]);
      expect(await registry.latest(subject)).toBeUndefined();
    });

    test('a schema that is not registered under the subject has no id there', async () => {
      const { registry, subject } = await start();
      await registry.register(subject, V1);
      await expect(registry.idOf(subject, V2)).rejects.toMatchObject({ code: 'unknown-schema' });
      await expect(registry.idOf(`other-${subject}`, V1)).rejects.toMatchObject({ code: 'unknown-schema' });
    });

    test('an id that was never given has no schema', async () => {
      const { registry } = await start();
      await expect(registry.schemaOf(2_147_483_000)).rejects.toMatchObject({ code: 'unknown-schema' });
    });

    test('an added field with a default is compatible, and asking registers nothing', async () => {
      const { registry, subject } = await start();
      await registry.register(subject, V1);
      expect(await registry.compatible(subject, V2)).toEqual({ compatible: true, reasons: [] });
      expect(await registry.versions(subject)).toHaveLength(1);
    });

    test('an added field without a default is refused, with the reason', async () => {
      const { registry, subject } = await start();
      await registry.register(subject, V1);
      const { compatible, reasons } = await registry.compatible(subject, WITHOUT_DEFAULT);
      expect(compatible).toBe(false);
      expect(reasons.join(' ')).toContain('unit');
      await expect(registry.register(subject, WITHOUT_DEFAULT)).rejects.toMatchObject({
        code: 'schema-incompatible',
      });
      expect(await registry.versions(subject)).toHaveLength(1);
    });

    test('the first version of a subject is compatible with nothing before it', async () => {
      const { registry, subject } = await start();
      expect(await registry.compatible(subject, V1)).toEqual({ compatible: true, reasons: [] });
    });
  });
}
