/**
 * What is asked of a Confluent-compatible Schema Registry. Schemas are JSON text of Avro, ids are opaque.
 * Two texts are the same schema when they differ in white space only.
 */
export interface SchemaRegistry {
  /**
   * Registers a version of a subject and returns its id. The same schema again gives the same id and no new version.
   * @throws StreamsError `schema-incompatible` with the reasons, when the latest version could not be read with it.
   */
  register(subject: string, schema: string): Promise<number>;
  /** The id of a schema that is registered. @throws StreamsError `unknown-schema` when it is not. */
  idOf(subject: string, schema: string): Promise<number>;
  /** @throws StreamsError `unknown-schema` when no schema has this id. */
  schemaOf(id: number): Promise<string>;
  /** The newest version; undefined when the subject has none. */
  latest(subject: string): Promise<RegisteredSchema | undefined>;
  /** Every version, oldest first; none when the subject is not known. */
  versions(subject: string): Promise<readonly RegisteredSchema[]>;
  /** Whether the schema could be the next version: BACKWARD, it must read what the latest one wrote. Registers nothing. */
  compatible(subject: string, schema: string): Promise<Compatibility>;
}

export interface RegisteredSchema {
  readonly id: number;
  /** Counts from 1 within the subject. */
  readonly version: number;
  readonly schema: string;
}

export interface Compatibility {
  readonly compatible: boolean;
  /** Why not; empty when compatible. */
  readonly reasons: readonly string[];
}
