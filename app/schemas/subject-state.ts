import type { Subject } from '../../schemas/codecs/subjects.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import type { RegisteredSchema, SchemaRegistry } from '../../topology/ports/schema-registry.ts';

/** How a schema of this build stands to its subject in a registry. */
export type SubjectState =
  /** The subject has no version. */
  | { readonly state: 'missing' }
  /** It is one of the versions; `newest` is another one's number when it is not the last. */
  | { readonly state: 'identical'; readonly id: number; readonly version: number; readonly newest: number }
  /** It can follow the newest version. */
  | { readonly state: 'compatible'; readonly newest: number }
  | { readonly state: 'incompatible'; readonly newest: number; readonly reasons: readonly string[] };

/** Compares one schema with what is registered; changes nothing. */
export async function subjectState(
  registry: Pick<SchemaRegistry, 'idOf' | 'versions' | 'compatible'>,
  { subject, schema }: Subject,
): Promise<SubjectState> {
  const versions = await registry.versions(subject);
  const newest = versions.at(-1)?.version;
  if (newest === undefined) return { state: 'missing' };
  const same = await registered(registry, { subject, schema }, versions);
  if (same !== undefined) return { state: 'identical', id: same.id, version: same.version, newest };
  const { compatible, reasons } = await registry.compatible(subject, schema);
  return compatible ? { state: 'compatible', newest } : { state: 'incompatible', newest, reasons };
}

async function registered(
  registry: Pick<SchemaRegistry, 'idOf'>,
  { subject, schema }: Subject,
  versions: readonly RegisteredSchema[],
): Promise<RegisteredSchema | undefined> {
  try {
    const id = await registry.idOf(subject, schema);
    return versions.find((version) => version.id === id);
  } catch (error) {
    if (isStreamsError(error) && error.code === 'unknown-schema') return undefined;
    throw error;
  }
}

/** In words, for a line. */
export function wordsOf(state: SubjectState): string {
  switch (state.state) {
    case 'missing':
      return 'missing       not in the registry';
    case 'identical': {
      const older = state.version === state.newest ? '' : `; the newest is version ${state.newest}`;
      return `identical     version ${state.version}, id ${state.id}${older}`;
    }
    case 'compatible':
      return `compatible    can follow version ${state.newest}`;
    case 'incompatible':
      return `incompatible  cannot read version ${state.newest}: ${state.reasons.join('; ')}`;
  }
}
