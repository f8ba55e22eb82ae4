import type { Type } from 'avsc';
import type { Codec } from '../../topology/model/codec.ts';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { AvroReader } from './avro-reader.ts';
import { avroType } from './avro-type.ts';
import { byteCheck } from './byte-check.ts';
import { LearntSchemas } from './learnt-schemas.ts';
import { doesNotFit } from './misfit.ts';
import { valueCheck } from './value-check.ts';
import { HEADER_LENGTH, schemaIdOf, writeHeader } from './wire-format.ts';

export interface AvroCodecOptions {
  /** Id of the schema in the registry. */
  readonly id: number;
  /** The name that `describe()` shows, for instance `avro SepsisAlert`. */
  readonly name: string;
  /** Other schemas that records may have been written with, by id. */
  readonly writers?: ReadonlyMap<number, string>;
  /** Asks for a schema that came to be known later. @throws StreamsError `unknown-schema` when there is none. */
  readonly schemaOf?: (id: number) => Promise<string>;
}

/** Reads the value after the header, as the reader's schema. */
type Read = (bytes: Buffer) => unknown;

/**
 * A codec in the Confluent wire format over a schema of the registry. Records of another version are resolved into
 * this one: fields that are missing take their default, an enum symbol that is not known becomes the enum's default.
 *
 * encode throws StreamsError `value-does-not-fit` naming the field; a field that is left out does not fit.
 * decode throws `schema-not-read` for an id that was not asked for yet, `unknown-schema` for one that has no schema, and `avro-unreadable` for bytes
 * that do not follow the schema, are cut off, or go on after the value.
 */
export function avroCodec<T>(schema: string, options: AvroCodecOptions): Codec<T> {
  const type = avroType(schema);
  const record = type.name?.split('.').at(-1) ?? 'value';
  const check = valueCheck(type);
  const reads = new Map<number, Read>();
  for (const [id, writer] of options.writers ?? []) reads.set(id, readerOf(type, avroType(writer), id));
  reads.set(options.id, readerOf(type, type, options.id));
  let scratch = scratchOf(1024, options.id);
  const learnt =
    options.schemaOf &&
    new LearntSchemas(options.schemaOf, (id, writer) => reads.set(id, readerOf(type, avroType(writer), id)));

  return Object.freeze({
    name: options.name,
    encode(value: T): Uint8Array {
      const misfit = check(value);
      if (misfit !== undefined) throw doesNotFit(record, misfit);
      let end = type.encode(value, scratch, HEADER_LENGTH);
      while (end < 0) {
        // A negative end is the number of bytes that were missing.
        scratch = scratchOf(2 * (scratch.length - end), options.id);
        end = type.encode(value, scratch, HEADER_LENGTH);
      }
      const bytes = Buffer.allocUnsafe(end);
      scratch.copy(bytes, 0, 0, end);
      return bytes;
    },
    decode(bytes: Uint8Array): T {
      const id = schemaIdOf(bytes);
      const read = reads.get(id);
      if (read === undefined) {
        if (learnt !== undefined && !learnt.isAbsent(id))
          throw new StreamsError(
            'schema-not-read',
            `${record} was written with schema ${id}, not seen before.`,
          );
        throw new StreamsError(
          'unknown-schema',
          `${record} was written with schema ${id}, which is not known here.`,
        );
      }
      return read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) as T;
    },
    ...(learnt && { learn: (bytes: Uint8Array) => learnt.learn(schemaIdOf(bytes)) }),
  });
}

/** A buffer to encode into, with the header in place. */
function scratchOf(size: number, id: number): Buffer {
  const scratch = Buffer.allocUnsafeSlow(size);
  writeHeader(new DataView(scratch.buffer), 0, id);
  return scratch;
}

function readerOf(type: Type, writer: Type, id: number): Read {
  const check = byteCheck(writer);
  const from = new AvroReader();
  const resolver = resolverOf(type, writer);
  return (bytes) => {
    if (resolver instanceof Error) {
      throw new StreamsError(
        'unknown-schema',
        `Schema ${id} cannot be read as ${type.name}: ${resolver.message}.`,
      );
    }
    from.begin(bytes, HEADER_LENGTH);
    check(from);
    from.end();
    try {
      const decoded: { readonly value: unknown } = type.decode(bytes, HEADER_LENGTH, resolver);
      return decoded.value;
    } catch (cause) {
      if (isStreamsError(cause)) throw cause;
      throw new StreamsError('avro-unreadable', `The bytes do not follow schema ${id}.`, cause);
    }
  };
}

/** A version that cannot be resolved is an error of the records that use it, not of the start. */
function resolverOf(type: Type, writer: Type): ReturnType<Type['createResolver']> | Error | undefined {
  if (type === writer) return undefined;
  try {
    return type.createResolver(writer);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
