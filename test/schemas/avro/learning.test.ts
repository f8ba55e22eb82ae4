import { describe, expect, test } from 'vitest';
import { memorySchemaRegistry } from '../../../connectors/memory/schema-registry.ts';
import { avroCodec } from '../../../schemas/codecs/avro.ts';
import { bindCodecs, type SchemaIds } from '../../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../../schemas/codecs/subjects.ts';
import { schemaIdOf } from '../../../schemas/codecs/wire-format.ts';
import type { ClinicalEvent } from '../../../schemas/generated/clinical-event.ts';
import type { Codec } from '../../../topology/model/codec.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { vitalSigns } from './samples.ts';

const { subject, schema } = SUBJECTS.clinicalEvent;

/** What the next build will write: a field more. */
const NEXT = JSON.stringify({
  ...(JSON.parse(schema) as object),
  fields: [
    ...(JSON.parse(schema) as { fields: object[] }).fields,
    { name: 'device', type: ['null', 'string'], default: null },
  ],
});

/** A codec that was bound before a newer build registered its schema, and a record of that build. */
async function boundBefore(
  own: Partial<SchemaIds> = {},
): Promise<{ readonly codec: Codec<ClinicalEvent>; readonly newer: Uint8Array; readonly asked: number[] }> {
  const registry = memorySchemaRegistry();
  for (const one of Object.values(SUBJECTS)) await registry.register(one.subject, one.schema);
  const asked: number[] = [];
  const { clinicalEvent } = await bindCodecs({
    ...registry,
    schemaOf: (id) => {
      asked.push(id);
      return registry.schemaOf(id);
    },
    ...own,
  });
  const id = await registry.register(subject, NEXT);
  const newer = avroCodec<object>(NEXT, { id, name: 'next' }).encode({ ...vitalSigns, device: 'monitor 4' });
  return { codec: clinicalEvent, newer, asked };
}

const withId = (bytes: Uint8Array, id: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setInt32(1, id);
  return copy;
};

describe('a schema that was registered after the start', () => {
  test('is asked for when its first record comes, once, and then read', async () => {
    const { codec, newer, asked } = await boundBefore();
    expect(() => codec.decode(newer)).toThrow(
      expect.objectContaining({ code: 'schema-not-read', retry: true }),
    );
    await codec.learn?.(newer);
    expect(codec.decode(newer)).toEqual(vitalSigns);
    expect(codec.decode(newer)).toEqual(vitalSigns);
    expect(asked).toEqual([schemaIdOf(newer)]);
  });

  test('an id that no schema has is refused for good', async () => {
    const { codec, newer } = await boundBefore();
    const nobodys = withId(newer, 4_711);
    expect(() => codec.decode(nobodys)).toThrow(expect.objectContaining({ code: 'schema-not-read' }));
    await codec.learn?.(nobodys);
    expect(() => codec.decode(nobodys)).toThrow(
      expect.objectContaining({ code: 'unknown-schema', retry: false }),
    );
  });

  test.each([
    ['is of another kind', '{"type":"object","properties":{}}'],
    ['is no JSON', 'syntax = "proto3";'],
    ['is of another record', '{"type":"record","name":"Other","fields":[{"name":"x","type":"int"}]}'],
  ])('a schema that %s is refused for good', async (_, other) => {
    const { codec, newer } = await boundBefore({ schemaOf: async () => other });
    await codec.learn?.(newer);
    expect(() => codec.decode(newer)).toThrow(expect.objectContaining({ code: 'unknown-schema' }));
  });

  test('while nobody answers it stays to be asked for', async () => {
    let down = true;
    const { codec, newer } = await boundBefore({
      schemaOf: async () => {
        if (down) throw new StreamsError('registry-unavailable', 'Nobody answers.');
        return NEXT;
      },
    });
    await expect(codec.learn?.(newer)).rejects.toMatchObject({ code: 'registry-unavailable' });
    expect(() => codec.decode(newer)).toThrow(expect.objectContaining({ code: 'schema-not-read' }));
    down = false;
    await codec.learn?.(newer);
    expect(codec.decode(newer)).toEqual(vitalSigns);
  });
});
