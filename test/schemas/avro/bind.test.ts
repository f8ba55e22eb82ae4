import { describe, expect, test } from 'vitest';
import { memorySchemaRegistry } from '../../../connectors/memory/schema-registry.ts';
import { avroCodec } from '../../../schemas/codecs/avro.ts';
import { bindCodecs } from '../../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../../schemas/codecs/subjects.ts';
import { schemaIdOf } from '../../../schemas/codecs/wire-format.ts';
import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import type { SchemaRegistry } from '../../../topology/ports/schema-registry.ts';
import { alert, audit, vitalSigns } from './samples.ts';

/** A registry as `schemas register` leaves it. */
async function registered(): Promise<SchemaRegistry> {
  const registry = memorySchemaRegistry();
  for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
  return registry;
}

describe('binding codecs to a registry', () => {
  test('records carry the ids that the registry gave', async () => {
    const registry = await registered();
    const codecs = await bindCodecs(registry);
    const idOf = (name: keyof typeof SUBJECTS): Promise<number> =>
      registry.idOf(SUBJECTS[name].subject, SUBJECTS[name].schema);
    expect(schemaIdOf(codecs.clinicalEvent.encode(vitalSigns))).toBe(await idOf('clinicalEvent'));
    expect(schemaIdOf(codecs.sepsisAlert.encode(alert))).toBe(await idOf('sepsisAlert'));
    expect(schemaIdOf(codecs.auditEvent.encode(audit))).toBe(await idOf('auditEvent'));
  });

  test('each codec reads what it wrote', async () => {
    const codecs = await bindCodecs(await registered());
    expect(codecs.clinicalEvent.decode(codecs.clinicalEvent.encode(vitalSigns))).toEqual(vitalSigns);
    expect(codecs.sepsisAlert.decode(codecs.sepsisAlert.encode(alert))).toEqual(alert);
    expect(codecs.auditEvent.decode(codecs.auditEvent.encode(audit))).toEqual(audit);
  });

  test('an id is asked for when the versions are known: a registry that has told them is not asked for it again', async () => {
    const registry = await registered();
    const told: string[] = [];
    await bindCodecs({
      ...registry,
      versions: async (subject) => {
        const versions = await registry.versions(subject);
        told.push(subject);
        return versions;
      },
      idOf: (subject, schema) => {
        expect(told).toContain(subject);
        return registry.idOf(subject, schema);
      },
    });
    expect(told).toHaveLength(Object.keys(SUBJECTS).length);
  });

  test('the names are those of the records', async () => {
    const { clinicalEvent, sepsisAlert, auditEvent } = await bindCodecs(await registered());
    expect([clinicalEvent, sepsisAlert, auditEvent].map((codec) => codec.name)).toEqual([
      'avro ClinicalEvent',
      'avro SepsisAlert',
      'avro AuditEvent',
    ]);
  });

  test('a worker registers nothing: without its schemas it does not start', async () => {
    const registry = memorySchemaRegistry();
    await expect(bindCodecs(registry)).rejects.toMatchObject({ code: 'unknown-schema' });
    expect(await registry.versions(SUBJECTS.sepsisAlert.subject)).toEqual([]);
  });

  test('records of every other version of the subject can be read', async () => {
    const { subject, schema } = SUBJECTS.auditEvent;
    const parsed = JSON.parse(schema) as { fields: { name: string }[] };
    const older = JSON.stringify({
      ...parsed,
      fields: parsed.fields.filter((field) => field.name !== 'evidence'),
    });
    const registry = memorySchemaRegistry();
    const id = await registry.register(subject, older);
    for (const one of Object.values(SUBJECTS)) await registry.register(one.subject, one.schema);
    const codecs = await bindCodecs(registry);
    const bytes = avroCodec<AuditEvent>(older, { id, name: 'older' }).encode(audit);
    expect(codecs.auditEvent.decode(bytes)).toEqual({ ...audit, evidence: [] });
  });
});
