import type { Subject } from '../../schemas/codecs/subjects.ts';
import type { SchemaRegistry } from '../../topology/ports/schema-registry.ts';
import { type SubjectState, subjectState, wordsOf } from './subject-state.ts';

export interface Checked {
  /** A line per subject, in the order given, and one that says what follows. */
  readonly lines: readonly string[];
  readonly passed: boolean;
}

/**
 * Compares schemas with a registry. Passed: all are registered or could be; with `registered`: all are registered, as a worker
 * needs it.
 */
export async function checkSubjects(
  registry: SchemaRegistry,
  subjects: readonly Subject[],
  { registered }: { readonly registered: boolean },
): Promise<Checked> {
  const states: SubjectState[] = [];
  for (const subject of subjects) states.push(await subjectState(registry, subject));
  const width = Math.max(...subjects.map(({ subject }) => subject.length));
  const lines = states.map((state, i) => `${subjects[i]?.subject.padEnd(width)}  ${wordsOf(state)}`);
  const refused = states.filter(({ state }) => state === 'incompatible').length;
  const open = states.filter(({ state }) => state === 'missing' || state === 'compatible').length;
  return {
    lines: [...lines, closing(subjects.length, refused, open)],
    passed: refused === 0 && (open === 0 || !registered),
  };
}

function closing(all: number, refused: number, open: number): string {
  if (refused > 0)
    return `${refused} of ${all} incompatible: give every added field a default, and change no name and no type.`;
  if (open > 0)
    return `${open} of ${all} not registered: run \`sepsis-streams schemas register\` before a worker starts.`;
  return `All ${all} registered.`;
}
