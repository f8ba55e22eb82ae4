import avro, { type Type } from 'avsc';

/** Compiles a schema. @throws Error of avsc when the text is no Avro schema. */
export function avroType(schema: string): Type {
  const parsed: unknown = JSON.parse(schema);
  if (!isSchema(parsed)) throw new TypeError('An Avro schema is a JSON object, array or string.');
  return avro.Type.forSchema(parsed, { omitRecordMethods: true });
}

type Schema = Parameters<typeof Type.forSchema>[0];

/** avsc checks the rest itself. */
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'string' || (typeof value === 'object' && value !== null);

/** True when values of both schemas have the same bytes and need no resolving: they differ in docs and defaults at most. */
export const sameLayout = (a: string, b: string): boolean => avroType(a).equals(avroType(b));

/**
 * Why `reader` cannot read what `writer` wrote, by the resolution rules of Avro; empty: it can.
 * avsc stops at the first reason.
 */
export function incompatibilities(reader: string, writer: string): readonly string[] {
  try {
    avroType(reader).createResolver(avroType(writer));
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
