import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from '../../../app/schemas/generate.ts';
import type { AvroRecord, AvroSchema } from '../../../schemas/avro/typescript.ts';

const directory = (path: string): URL => new URL(`../../../schemas/${path}/`, import.meta.url);
const schemas = readdirSync(directory('avro'))
  .filter((name) => name.endsWith('.avsc'))
  .map((name) => JSON.parse(readFileSync(new URL(name, directory('avro')), 'utf8')) as AvroRecord);

/** Every schema inside a schema, itself included. */
function parts(schema: AvroSchema): AvroSchema[] {
  if (typeof schema === 'string') return [schema];
  if (Array.isArray(schema)) return [schema, ...schema.flatMap((branch: AvroSchema) => parts(branch))];
  if ('fields' in schema) return [schema, ...schema.fields.flatMap((field) => parts(field.type))];
  return 'items' in schema ? [schema, ...parts(schema.items)] : [schema];
}
const all = schemas.flatMap(parts);
const records = all.filter((part): part is AvroRecord => typeof part === 'object' && 'fields' in part);
const fields = records.flatMap((record) => record.fields.map((field) => ({ record: record.name, ...field })));

describe('generated types', () => {
  test('are what the generator makes of the schemas', () => {
    const onDisk = readdirSync(directory('generated')).toSorted();
    expect([...generatedFiles().keys()]).toEqual(onDisk);
    for (const [name, source] of generatedFiles()) {
      expect(readFileSync(new URL(name, directory('generated')), 'utf8'), name).toBe(source);
    }
  });
});

describe('schemas', () => {
  test('there are three, with all their fields', () => {
    expect(Object.fromEntries(schemas.map((schema) => [schema.name, schema.fields.length]))).toEqual({
      AuditEvent: 14,
      ClinicalEvent: 16,
      SepsisAlert: 28,
    });
  });

  test('every record, enum and field says what it means', () => {
    const named = all.filter((part) => typeof part === 'object' && 'name' in part);
    const silent = [...named, ...fields].filter((part) => !('doc' in part) || part.doc.length < 10);
    expect(silent).toEqual([]);
  });

  test('every enum has a default that is its first symbol, so that readers survive a new symbol', () => {
    for (const part of all) {
      if (typeof part === 'object' && 'symbols' in part)
        expect(part.default, part.name).toBe(part.symbols[0]);
    }
  });

  test('every field that may be null is null by default', () => {
    for (const field of fields) {
      if (Array.isArray(field.type))
        expect(field, `${field.record}.${field.name}`).toMatchObject({ default: null });
    }
  });

  test('a record that several schemas define is the same in all of them', () => {
    const origins = records.filter((record) => record.name === 'Origin');
    expect(origins).toHaveLength(3);
    for (const origin of origins) expect(origin).toEqual(origins[0]);
  });
});
