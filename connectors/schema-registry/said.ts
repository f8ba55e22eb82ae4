import { StreamsError } from '../../topology/model/errors.ts';
import type { RegisteredSchema } from '../../topology/ports/schema-registry.ts';
import { fieldOf } from './answer.ts';

/** The id in an answer: any 32-bit number, because it has four bytes in a record. @throws StreamsError `not-a-registry`. */
export function idFrom(base: string, json: unknown): number {
  const id = fieldOf(json, 'id');
  if (typeof id === 'number' && Number.isInteger(id) && id === (id | 0)) return id;
  throw odd(base, 'an id of 32 bits');
}

/** The text in an answer, which must be Avro. @throws StreamsError `not-a-registry`, `unknown-schema`. */
export function schemaFrom(base: string, json: unknown): string {
  const type = fieldOf(json, 'schemaType') ?? 'AVRO';
  if (type !== 'AVRO')
    throw new StreamsError(
      'unknown-schema',
      `A schema at ${base} is of type ${JSON.stringify(type)}, not Avro.`,
    );
  const schema = fieldOf(json, 'schema');
  if (typeof schema === 'string') return schema;
  throw odd(base, 'a schema');
}

/** A version of a subject. @throws StreamsError `not-a-registry`, `unknown-schema`. */
export function versionFrom(base: string, json: unknown): RegisteredSchema {
  const version = fieldOf(json, 'version');
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) throw odd(base, 'a version');
  return { id: idFrom(base, json), version, schema: schemaFrom(base, json) };
}

/** @throws StreamsError `not-a-registry`. */
export function levelFrom(base: string, json: unknown): string {
  const level = fieldOf(json, 'compatibilityLevel');
  if (typeof level === 'string') return level;
  throw odd(base, 'a compatibility level');
}

const odd = (base: string, what: string): StreamsError =>
  new StreamsError('not-a-registry', `What answers at ${base} does not tell ${what}.`);
