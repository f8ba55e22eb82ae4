import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AvroRecord, typescriptOf } from './typescript.ts';

const OUTPUT = new URL('../generated/', import.meta.url);

/** File name to source of every file of `schemas/generated`, made from the schemas beside this file. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const schemas = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.avsc'));
  return new Map(
    schemas.toSorted().map((name) => {
      const schema = JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as AvroRecord;
      return [name.replace('.avsc', '.ts'), typescriptOf(schema, name)];
    }),
  );
}

if (import.meta.main) {
  for (const [name, source] of generatedFiles()) writeFileSync(new URL(name, OUTPUT), source);
}
