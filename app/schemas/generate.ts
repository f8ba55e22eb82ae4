import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AvroRecord, typescriptOf } from '../../schemas/avro/typescript.ts';

const SCHEMAS = new URL('../../schemas/avro/', import.meta.url);
const OUTPUT = new URL('../../schemas/generated/', import.meta.url);

/** File name to source of every file of `schemas/generated`, made from `schemas/avro`. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const schemas = readdirSync(SCHEMAS).filter((name) => name.endsWith('.avsc'));
  return new Map(
    schemas.toSorted().map((name) => {
      const schema = JSON.parse(readFileSync(new URL(name, SCHEMAS), 'utf8')) as AvroRecord;
      return [name.replace('.avsc', '.ts'), typescriptOf(schema, name)];
    }),
  );
}

if (import.meta.main) {
  for (const [name, source] of generatedFiles()) writeFileSync(new URL(name, OUTPUT), source);
}
