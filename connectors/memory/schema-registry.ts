import { incompatibilities } from '../../schemas/codecs/avro-type.ts';
import { normalised } from '../../schemas/codecs/normalised.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type {
  Compatibility,
  RegisteredSchema,
  SchemaRegistry,
} from '../../topology/ports/schema-registry.ts';

/** A Schema Registry in this process, with BACKWARD compatibility as its only mode. Empty at first. */
export function memorySchemaRegistry(): SchemaRegistry {
  /** Normalised text to id: a schema has one id, whatever its subjects. */
  const ids = new Map<string, number>();
  const schemas = new Map<number, string>();
  const subjects = new Map<string, RegisteredSchema[]>();

  const find = (subject: string, schema: string): RegisteredSchema | undefined =>
    subjects.get(subject)?.find((version) => normalised(version.schema) === normalised(schema));

  const compatible = (subject: string, schema: string): Compatibility => {
    const last = subjects.get(subject)?.at(-1);
    const reasons = incompatibilities(schema, last?.schema ?? schema);
    return { compatible: reasons.length === 0, reasons };
  };

  return Object.freeze<SchemaRegistry>({
    register: async (subject, schema) => {
      const known = find(subject, schema);
      if (known !== undefined) return known.id;
      const { reasons } = compatible(subject, schema);
      if (reasons.length > 0) {
        throw new StreamsError(
          'schema-incompatible',
          `${subject} refuses the schema: ${reasons.join('; ')}.`,
        );
      }
      const text = normalised(schema);
      const id = ids.get(text) ?? ids.size + 1;
      ids.set(text, id);
      schemas.set(id, schema);
      const versions = subjects.get(subject) ?? [];
      subjects.set(subject, [...versions, { id, version: versions.length + 1, schema }]);
      return id;
    },
    idOf: async (subject, schema) => {
      const known = find(subject, schema);
      if (known === undefined)
        throw new StreamsError('unknown-schema', `${subject} does not have this schema.`);
      return known.id;
    },
    schemaOf: async (id) => {
      const schema = schemas.get(id);
      if (schema === undefined) throw new StreamsError('unknown-schema', `No schema has the id ${id}.`);
      return schema;
    },
    latest: async (subject) => subjects.get(subject)?.at(-1),
    versions: async (subject) => subjects.get(subject) ?? [],
    compatible: async (subject, schema) => compatible(subject, schema),
  });
}
