/** The part of the Avro schema language that these schemas use. */
export type AvroSchema = string | AvroUnion | AvroRecord | AvroEnum | AvroArray | AvroLogical;
export type AvroUnion = readonly AvroSchema[];

export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly doc: string;
  readonly fields: readonly AvroField[];
}

export interface AvroField {
  readonly name: string;
  readonly doc: string;
  readonly type: AvroSchema;
  readonly default?: unknown;
}

export interface AvroEnum {
  readonly type: 'enum';
  readonly name: string;
  readonly doc: string;
  readonly symbols: readonly string[];
  readonly default: string;
}

export interface AvroArray {
  readonly type: 'array';
  readonly items: AvroSchema;
}

export interface AvroLogical {
  readonly type: 'int' | 'long';
  readonly logicalType: 'date' | 'timestamp-millis';
}

const PRIMITIVE: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  string: 'string',
};

const isUnion = (schema: AvroSchema): schema is AvroUnion => Array.isArray(schema);

/** The TypeScript type of one schema; of a record or an enum its name. */
function typeName(schema: AvroSchema): string {
  if (typeof schema === 'string') return PRIMITIVE[schema] ?? schema;
  if (isUnion(schema)) {
    const branches = schema.map(typeName);
    return [
      ...branches.filter((name) => name !== 'null'),
      ...branches.filter((name) => name === 'null'),
    ].join(' | ');
  }
  if (schema.type === 'array') return `readonly ${typeName(schema.items)}[]`;
  return schema.type === 'record' || schema.type === 'enum' ? schema.name : 'number';
}

/** What a plain `number` does not say of a long, a point in time or a day; undefined where there is nothing to add. */
function numberNote(schema: AvroSchema): string | undefined {
  if (schema === 'long') return 'Avro long as a number, exact up to 2^53 - 1.';
  if (schema === 'int') return 'Avro int, 32 bits.';
  if (typeof schema === 'string') return undefined;
  if (isUnion(schema)) return schema.map(numberNote).find((note) => note !== undefined);
  if (!('logicalType' in schema)) return undefined;
  return schema.logicalType === 'date'
    ? 'Avro date: days as a number.'
    : 'Avro timestamp-millis: milliseconds as a number.';
}

/** A doc comment of one paragraph per argument, wrapped at 110 columns. */
function docComment(indent: string, ...paragraphs: (string | undefined)[]): string {
  const lines: string[] = [];
  for (const paragraph of paragraphs) {
    let line = '';
    for (const word of paragraph?.split(' ') ?? []) {
      if (line !== '' && indent.length + 3 + line.length + 1 + word.length > 110) {
        lines.push(line);
        line = '';
      }
      line = line === '' ? word : `${line} ${word}`;
    }
    if (line !== '') lines.push(line);
  }
  return lines.length === 1
    ? `${indent}/** ${lines.join('')} */\n`
    : `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

const screaming = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

function enumSource(schema: AvroEnum): string {
  const symbols = schema.symbols.map((symbol) => `'${symbol}'`);
  return (
    docComment('', schema.doc) +
    `export type ${schema.name} = ${symbols.join(' | ')};\n\n` +
    docComment('', `The symbols of ${schema.name}; the index of a symbol is its number in Avro.`) +
    `export const ${screaming(schema.name)}_SYMBOLS: readonly [${symbols.join(', ')}] = Object.freeze([${symbols.join(', ')}] as const);\n`
  );
}

function recordSource(schema: AvroRecord): string {
  const fields = schema.fields.map(
    (field) =>
      `${docComment('  ', field.doc, numberNote(field.type))}  readonly ${field.name}: ${typeName(field.type)};\n`,
  );
  return `${docComment('', schema.doc)}export interface ${schema.name} {\n${fields.join('')}}\n`;
}

/** Every named type that is defined inside `schema`, itself first, in the order of definition. */
function namedTypes(schema: AvroSchema): (AvroRecord | AvroEnum)[] {
  if (typeof schema === 'string') return [];
  if (isUnion(schema)) return schema.flatMap(namedTypes);
  if (schema.type === 'array') return namedTypes(schema.items);
  if (schema.type === 'enum') return [schema];
  return schema.type === 'record'
    ? [schema, ...schema.fields.flatMap((field) => namedTypes(field.type))]
    : [];
}

/**
 * The TypeScript source of one schema file: an interface per record, a union and a frozen list per enum,
 * and the schema itself as text, so that nothing reads a file at run time.
 */
export function typescriptOf(schema: AvroRecord, fileName: string): string {
  const constant = `${schema.name.charAt(0).toLowerCase()}${schema.name.slice(1)}Schema`;
  const types = namedTypes(schema).map((type) =>
    type.type === 'enum' ? enumSource(type) : recordSource(type),
  );
  return [
    `// Generated from schemas/avro/${fileName} by app/schemas/generate.ts; do not edit.\n`,
    ...types,
    `${docComment('', `The Avro schema of ${schema.name} as JSON text, the form in which it is registered.`)}export const ${constant}: string = JSON.stringify(${JSON.stringify(schema)});\n`,
  ].join('\n');
}
