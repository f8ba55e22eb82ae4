import type { Codec } from '../../topology/model/codec.ts';
import type { AuditEvent } from '../generated/audit-event.ts';
import type { ClinicalEvent } from '../generated/clinical-event.ts';
import type { SepsisAlert } from '../generated/sepsis-alert.ts';
import { type AvroCodecOptions, avroCodec } from './avro.ts';
import { clinicalEventCodec } from './clinical-event.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

/** The codecs of the topology's Avro topics. */
export interface Codecs {
  readonly clinicalEvent: Codec<ClinicalEvent>;
  readonly sepsisAlert: Codec<SepsisAlert>;
  readonly auditEvent: Codec<AuditEvent>;
}

/** What binding asks of a Schema Registry; the port of that name has it. */
export interface SchemaIds {
  idOf(subject: string, schema: string): Promise<number>;
  versions(subject: string): Promise<readonly { readonly id: number; readonly schema: string }[]>;
  schemaOf(id: number): Promise<string>;
}

/**
 * Asks the registry once, so that no record waits for it: the ids of the schemas of this build, and every other
 * version of their subjects, which records in the log may have been written with. A version that is registered later is
 * asked for when its first record comes. Registers nothing.
 * @throws StreamsError `unknown-schema` when a schema of this build is not registered.
 */
export async function bindCodecs(registry: SchemaIds): Promise<Codecs> {
  const [clinicalEvent, sepsisAlert, auditEvent] = await Promise.all([
    optionsOf(registry, SUBJECTS.clinicalEvent, 'avro ClinicalEvent'),
    optionsOf(registry, SUBJECTS.sepsisAlert, 'avro SepsisAlert'),
    optionsOf(registry, SUBJECTS.auditEvent, 'avro AuditEvent'),
  ]);
  return Object.freeze({
    clinicalEvent: clinicalEventCodec(clinicalEvent),
    sepsisAlert: avroCodec<SepsisAlert>(SUBJECTS.sepsisAlert.schema, sepsisAlert),
    auditEvent: avroCodec<AuditEvent>(SUBJECTS.auditEvent.schema, auditEvent),
  });
}

async function optionsOf(
  registry: SchemaIds,
  { subject, schema }: Subject,
  name: string,
): Promise<AvroCodecOptions> {
  const versions = await registry.versions(subject);
  // Mostly among them: then nothing is asked any more.
  const id = await registry.idOf(subject, schema);
  return {
    id,
    name,
    // Its own is compiled already.
    writers: new Map(
      versions.filter((version) => version.id !== id).map((version) => [version.id, version.schema]),
    ),
    schemaOf: (of) => registry.schemaOf(of),
  };
}
