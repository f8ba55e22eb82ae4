import avro, { type Type } from 'avsc';
import { isInt, isLong } from './long-range.ts';
import { INT_EXPECTED, LONG_EXPECTED, type Misfit, STRING_EXPECTED } from './misfit.ts';

/** The first part of a value that its type does not allow; undefined: all of it fits. */
export type ValueCheck = (value: unknown) => Misfit | undefined;

const misfit = (expected: string, value: unknown): Misfit => ({ path: '', expected, value });

const PRIMITIVE: Readonly<Record<string, ValueCheck>> = {
  null: (value) => (value === null ? undefined : misfit('null', value)),
  boolean: (value) => (typeof value === 'boolean' ? undefined : misfit('true or false', value)),
  int: (value) => (isInt(value) ? undefined : misfit(INT_EXPECTED, value)),
  long: (value) => (isLong(value) ? undefined : misfit(LONG_EXPECTED, value)),
  float: (value) => (typeof value === 'number' ? undefined : misfit('a number', value)),
  double: (value) => (typeof value === 'number' ? undefined : misfit('a number', value)),
  string: (value) =>
    typeof value === 'string' && value.isWellFormed() ? undefined : misfit(STRING_EXPECTED, value),
};

function within(segment: string, inner: Misfit): Misfit {
  const path = inner.path === '' || inner.path.startsWith('[') ? inner.path : `.${inner.path}`;
  return { ...inner, path: `${segment}${path}` };
}

/**
 * Compiles the check of a type. Stricter than avsc's own, which lets a field be left out when it has a default,
 * takes half a surrogate pair for a character, and mangles longs below -2^52.
 */
export function valueCheck(type: Type): ValueCheck {
  if (type instanceof avro.types.RecordType) {
    const fields = type.fields.map((field) => ({ name: field.name, check: valueCheck(field.type) }));
    return (value) => {
      if (!isObject(value)) return misfit('a record', value);
      for (const { name, check } of fields) {
        const inner = check(value[name]);
        if (inner !== undefined) return within(name, inner);
      }
      return undefined;
    };
  }
  if (type instanceof avro.types.ArrayType) {
    const check = valueCheck(type.itemsType);
    return (value) => {
      if (!Array.isArray(value)) return misfit('an array', value);
      for (let i = 0; i < value.length; i++) {
        const inner = check(value[i]);
        if (inner !== undefined) return within(`[${i}]`, inner);
      }
      return undefined;
    };
  }
  if (type instanceof avro.types.EnumType) {
    const symbols: ReadonlySet<unknown> = new Set(type.symbols);
    const expected = `one of ${type.symbols.join(', ')}`;
    return (value) => (symbols.has(value) ? undefined : misfit(expected, value));
  }
  if (type instanceof avro.types.UnwrappedUnionType) return nullableCheck(type.types);
  const check = PRIMITIVE[type.typeName];
  if (check === undefined) throw new TypeError(`This codec writes no Avro ${type.typeName}.`);
  return check;
}

/** Of the unions, these schemas have "null or one other type" only. */
function nullableCheck(branches: readonly Type[]): ValueCheck {
  const others = branches.filter((branch) => branch.typeName !== 'null');
  const [only] = others;
  if (only === undefined || others.length !== 1 || branches.length !== 2) {
    throw new TypeError('This codec writes no unions but those of null and one other type.');
  }
  const check = valueCheck(only);
  return (value) => (value === null ? undefined : check(value));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
