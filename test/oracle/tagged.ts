/** An Avro schema as its JSON has it. */
type Schema =
  | string
  | readonly Schema[]
  | {
      readonly type: Schema;
      readonly name?: string;
      readonly logicalType?: string;
      readonly items?: Schema;
      readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
    };

/**
 * A decoded value in the form in which another reader prints it: doubles and the logical types of time are named, so that
 * none is taken for a number of another type, and there is nothing beside the fields of the schema.
 * @throws Error when the value is none of the schema.
 */
export function tagged(schemaText: string, value: unknown): unknown {
  const parsed: Schema = JSON.parse(schemaText);
  const named = new Map<string, Schema>();
  name(parsed, named);
  const walk = (schema: Schema, of: unknown): unknown => {
    if (typeof schema === 'string') return walkName(schema, of);
    if (isUnion(schema)) {
      const branch = of === null ? 'null' : schema.find((one) => one !== 'null');
      return walk(branch ?? 'null', of);
    }
    if (schema.logicalType !== undefined) return { [schema.logicalType]: numberOf(of) };
    if (schema.type === 'array' && schema.items !== undefined) {
      const { items } = schema;
      return listOf(of).map((one) => walk(items, one));
    }
    if (schema.type === 'record')
      return Object.fromEntries(
        (schema.fields ?? []).map((field) => [field.name, walk(field.type, memberOf(of, field.name))]),
      );
    if (schema.type === 'enum') return textOf(of);
    return walk(schema.type, of);
  };
  const walkName = (name: string, of: unknown): unknown => {
    const known = named.get(name);
    if (known !== undefined) return walk(known, of);
    switch (name) {
      case 'null':
        if (of !== null) throw new Error('Not null.');
        return null;
      case 'double':
        return { double: numberOf(of) };
      case 'int':
      case 'long':
        return numberOf(of);
      case 'string':
        return textOf(of);
      case 'boolean':
        if (typeof of !== 'boolean') throw new Error('Not a boolean.');
        return of;
      default:
        throw new Error(`No type ${name} is known here.`);
    }
  };
  return walk(parsed, value);
}

/** Notes the types with names: each is told once, and meant by its name elsewhere. */
function name(schema: Schema, named: Map<string, Schema>): void {
  if (typeof schema === 'string') return;
  if (isUnion(schema)) {
    for (const branch of schema) name(branch, named);
    return;
  }
  if (schema.name !== undefined) named.set(schema.name, schema);
  for (const inner of [schema.type, schema.items ?? 'null', ...(schema.fields ?? []).map(({ type }) => type)])
    name(inner, named);
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema);

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new Error('Not a number.');
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error('Not a text.');
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('Not a list.');
  return value;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) throw new Error(`No field ${name}.`);
  return Reflect.get(value, name);
}
