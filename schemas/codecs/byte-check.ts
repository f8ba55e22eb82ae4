import avro, { type Type } from 'avsc';
import type { AvroReader } from './avro-reader.ts';

/** Passes over one value of a type. @throws StreamsError `avro-unreadable` at the first byte that cannot be right. */
export type ByteCheck = (from: AvroReader) => void;

const PRIMITIVE: Readonly<Record<string, ByteCheck>> = {
  null: () => undefined,
  boolean: (from) => void from.boolean(),
  int: (from) => void from.int(),
  long: (from) => void from.long(),
  float: (from) => from.skipFixed(4),
  double: (from) => from.skipFixed(8),
  bytes: (from) => from.skipBytes(),
  string: (from) => from.skipString(),
};

/**
 * Compiles the check of a type. It comes before avsc reads: avsc looks at the length only when it is done, so a
 * damaged count would make it allocate without bound, and it reads broken UTF-8 as U+FFFD.
 */
export function byteCheck(type: Type, seen: Map<Type, ByteCheck> = new Map<Type, ByteCheck>()): ByteCheck {
  const known = seen.get(type);
  if (known !== undefined) return known;
  // A type may hold itself: until it is compiled, the entry stands for what it will be.
  seen.set(type, (from) => check(from));
  const check = compile(type, seen);
  seen.set(type, check);
  return check;
}

function compile(type: Type, seen: Map<Type, ByteCheck>): ByteCheck {
  const { ArrayType, EnumType, FixedType, MapType, RecordType, UnwrappedUnionType, WrappedUnionType } =
    avro.types;
  if (type instanceof RecordType) {
    const fields = type.fields.map((field) => byteCheck(field.type, seen));
    return (from) => {
      for (const field of fields) field(from);
    };
  }
  if (type instanceof ArrayType) return blocks(byteCheck(type.itemsType, seen));
  if (type instanceof MapType) {
    const values: unknown = type.valuesType;
    if (!(values instanceof avro.Type)) throw new TypeError('A map without a type of its values.');
    const check = byteCheck(values, seen);
    return blocks((from) => {
      from.skipString();
      check(from);
    });
  }
  if (type instanceof EnumType) {
    const count = type.symbols.length;
    return (from) => void from.index(count);
  }
  if (type instanceof UnwrappedUnionType || type instanceof WrappedUnionType) {
    const branches = type.types.map((branch) => byteCheck(branch, seen));
    return (from) => branches[from.index(branches.length)]?.(from);
  }
  if (type instanceof FixedType) return (from) => from.skipFixed(type.size);
  const check = PRIMITIVE[type.typeName];
  if (check === undefined) throw new TypeError(`Avro has no type ${type.typeName}.`);
  return check;
}

const blocks =
  (item: ByteCheck): ByteCheck =>
  (from) => {
    for (let left = from.block(); left > 0; left = from.block()) for (; left > 0; left--) item(from);
  };
