import { describe, expect, test } from 'vitest';
import { avroCodec } from '../../../schemas/codecs/avro.ts';
import { incompatibilities, sameLayout } from '../../../schemas/codecs/avro-type.ts';
import { clinicalEventCodec } from '../../../schemas/codecs/clinical-event.ts';
import { type ClinicalEvent, clinicalEventSchema } from '../../../schemas/generated/clinical-event.ts';
import { type SepsisAlert, sepsisAlertSchema } from '../../../schemas/generated/sepsis-alert.ts';
import { alert, vitalSigns } from './samples.ts';

interface Schema {
  readonly fields: readonly Readonly<Record<string, unknown>>[];
}

/** A version of a schema in which each field is what `change` makes of it; undefined takes it away. */
function versionOf(
  schema: string,
  change: (field: Readonly<Record<string, unknown>>) => unknown,
  ...added: readonly unknown[]
): string {
  const parsed = JSON.parse(schema) as Schema;
  const fields = parsed.fields.map(change).filter((field) => field !== undefined);
  return JSON.stringify({ ...parsed, fields: [...fields, ...added] });
}
const asItIs = <T>(field: T): T => field;

const severity = { name: 'severity', type: 'int', default: 3 };
const newer = versionOf(sepsisAlertSchema, asItIs, severity);
const older = versionOf(sepsisAlertSchema, (field) =>
  ['evidenceCapped', 'lactate', 'missing'].includes(String(field['name'])) ? undefined : field,
);

describe('records of another version of the schema', () => {
  test('an older one takes the defaults of the fields it lacks', () => {
    const writer = avroCodec<SepsisAlert>(older, { id: 1, name: 'older' });
    const reader = avroCodec<SepsisAlert>(sepsisAlertSchema, {
      id: 2,
      name: 'now',
      writers: new Map([[1, older]]),
    });
    expect(reader.decode(writer.encode(alert))).toEqual({
      ...alert,
      evidenceCapped: 0,
      lactate: null,
      missing: [],
    });
  });

  test('a newer one is read without the fields that are not known yet', () => {
    const writer = avroCodec<SepsisAlert & { severity: number }>(newer, { id: 3, name: 'newer' });
    const reader = avroCodec<SepsisAlert>(sepsisAlertSchema, {
      id: 2,
      name: 'now',
      writers: new Map([[3, newer]]),
    });
    expect(reader.decode(writer.encode({ ...alert, severity: 9 }))).toEqual(alert);
  });

  test('a consumer of the newer version reads ours, with its default', () => {
    const writer = avroCodec<SepsisAlert>(sepsisAlertSchema, { id: 2, name: 'now' });
    const writers = new Map([[2, sepsisAlertSchema]]);
    const reader = avroCodec<SepsisAlert & { severity: number }>(newer, { id: 3, name: 'newer', writers });
    expect(reader.decode(writer.encode(alert))).toEqual({ ...alert, severity: 3 });
  });

  test('a symbol that is not known yet is read as UNKNOWN', () => {
    const text = clinicalEventSchema.replace('"ENCOUNTER","TICK"]', '"ENCOUNTER","TICK","FLUID_BOLUS"]');
    expect(text).not.toBe(clinicalEventSchema);
    const writer = avroCodec<Omit<ClinicalEvent, 'kind'> & { kind: string }>(text, { id: 5, name: 'newer' });
    const reader = clinicalEventCodec({ id: 4, name: 'now', writers: new Map([[5, text]]) });
    expect(reader.decode(writer.encode({ ...vitalSigns, kind: 'FLUID_BOLUS' }))).toEqual({
      ...vitalSigns,
      kind: 'UNKNOWN',
    });
    expect(reader.decode(writer.encode(vitalSigns))).toEqual(vitalSigns);
  });

  test('a clinical event without the fields that came later takes their defaults', () => {
    const text = versionOf(clinicalEventSchema, (field) => (field['name'] === 'arrival' ? undefined : field));
    const writer = avroCodec<ClinicalEvent>(text, { id: 6, name: 'older' });
    const reader = clinicalEventCodec({ id: 4, name: 'now', writers: new Map([[6, text]]) });
    expect(reader.decode(writer.encode(vitalSigns))).toEqual({ ...vitalSigns, arrival: null });
  });

  test('a version that differs in its docs alone is read the same', () => {
    const text = versionOf(clinicalEventSchema, (field) => ({ ...field, doc: 'Said in other words.' }));
    expect(sameLayout(text, clinicalEventSchema)).toBe(true);
    const writer = avroCodec<ClinicalEvent>(text, { id: 7, name: 'reworded' });
    const reader = clinicalEventCodec({ id: 4, name: 'now', writers: new Map([[7, text]]) });
    expect(reader.decode(writer.encode(vitalSigns))).toEqual(vitalSigns);
  });

  test('a version that cannot be resolved is an error of its records, not of the start', () => {
    const text = versionOf(sepsisAlertSchema, (field) => (field['name'] === 'score' ? undefined : field));
    const reader = avroCodec<SepsisAlert>(sepsisAlertSchema, {
      id: 2,
      name: 'now',
      writers: new Map([[8, text]]),
    });
    const bytes = avroCodec<SepsisAlert>(text, { id: 8, name: 'without score' }).encode(alert);
    expect(() => reader.decode(bytes)).toThrow(expect.objectContaining({ code: 'unknown-schema' }));
    expect(() => reader.decode(bytes)).toThrow(/Schema 8 cannot be read.*score/);
    expect(reader.decode(reader.encode(alert))).toEqual(alert);
  });

  test('bytes of another version are checked by that version', () => {
    const writer = avroCodec<SepsisAlert>(older, { id: 1, name: 'older' });
    const reader = avroCodec<SepsisAlert>(sepsisAlertSchema, {
      id: 2,
      name: 'now',
      writers: new Map([[1, older]]),
    });
    const bytes = writer.encode(alert);
    for (let length = 5; length < bytes.length; length++) {
      expect(() => reader.decode(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'avro-unreadable' }),
      );
    }
  });

  test('writers may use all of Avro, also types that hold themselves', () => {
    const reader = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'id', type: 'string' }] });
    const text = JSON.stringify({
      type: 'record',
      name: 'R',
      fields: [
        {
          name: 'tree',
          type: [
            'null',
            { type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }] },
          ],
        },
        { name: 'map', type: { type: 'map', values: 'bytes' } },
        { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 2 } },
        { name: 'ratio', type: 'float' },
        { name: 'id', type: 'string' },
      ],
    });
    const codec = avroCodec<{ id: string }>(reader, { id: 1, name: 'r', writers: new Map([[2, text]]) });
    // tree {next: {next: null}}, map {"a": 0xff}, hash beef, ratio 0, id "z"
    const bytes = Buffer.from(
      '0000000002' + '020200' + '0202610' + '2ff00' + 'beef' + '00000000' + '027a',
      'hex',
    );
    expect(codec.decode(bytes)).toEqual({ id: 'z' });
  });
});

describe('backward compatibility', () => {
  test('an added field with a default and a new symbol may be registered', () => {
    expect(incompatibilities(newer, sepsisAlertSchema)).toEqual([]);
    const text = sepsisAlertSchema.replace('"GCS","RR","SBP"]', '"GCS","RR","SBP","PULSE"]');
    expect(text).not.toBe(sepsisAlertSchema);
    expect(incompatibilities(text, sepsisAlertSchema)).toEqual([]);
    expect(incompatibilities(sepsisAlertSchema, text)).toEqual([]);
  });

  test('an added field without a default may not', () => {
    const text = versionOf(sepsisAlertSchema, asItIs, { name: 'severity', type: 'int' });
    expect(incompatibilities(text, sepsisAlertSchema)).toEqual([expect.stringContaining('severity')]);
  });

  test('another type may not', () => {
    const text = versionOf(sepsisAlertSchema, (field) =>
      field['name'] === 'rule' ? { ...field, type: 'int' } : field,
    );
    expect(incompatibilities(text, sepsisAlertSchema)).toHaveLength(1);
  });

  test('what is no schema may not', () => {
    for (const text of ['', '7', '{"type":"recrd"}', '{']) {
      expect(incompatibilities(text, sepsisAlertSchema), text).toHaveLength(1);
    }
  });
});
