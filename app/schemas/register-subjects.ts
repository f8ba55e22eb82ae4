import type { LevelledSchemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import type { Subject } from '../../schemas/codecs/subjects.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { type SubjectState, subjectState } from './subject-state.ts';

/** Levels that ask for BACKWARD at least. */
const ENOUGH: ReadonlySet<string> = new Set(['BACKWARD', 'BACKWARD_TRANSITIVE', 'FULL', 'FULL_TRANSITIVE']);

/**
 * Registers the schemas that are not, and sets each subject's compatibility to BACKWARD unless it is that or stricter.
 * Again changes nothing. `note` gets a line for each subject when it is done.
 * @throws StreamsError `schema-incompatible` with all that are, before anything is changed.
 */
export async function registerSubjects(
  registry: LevelledSchemaRegistry,
  subjects: readonly Subject[],
  note: (line: string) => void,
): Promise<void> {
  const found: { readonly subject: Subject; readonly state: SubjectState }[] = [];
  for (const subject of subjects) found.push({ subject, state: await subjectState(registry, subject) });
  const refused = found.flatMap(({ subject: { subject }, state }) =>
    state.state === 'incompatible' ? [`${subject} refuses the schema: ${state.reasons.join('; ')}`] : [],
  );
  if (refused.length > 0)
    throw new StreamsError('schema-incompatible', `Nothing is registered. ${refused.join('. ')}.`);
  const width = Math.max(...subjects.map(({ subject }) => subject.length));
  for (const { subject, state } of found)
    note(`${subject.subject.padEnd(width)}  ${await registerSubject(registry, subject, state)}`);
}

async function registerSubject(
  registry: LevelledSchemaRegistry,
  { subject, schema }: Subject,
  before: SubjectState,
): Promise<string> {
  // What is registered next is judged by it; but a subject without versions takes no level everywhere.
  const early = before.state === 'missing' ? undefined : await levelled(registry, subject);
  const id = before.state === 'identical' ? before.id : await registry.register(subject, schema);
  const level = early ?? (await levelled(registry, subject));
  if (before.state === 'identical') return `unchanged   version ${before.version}, id ${id}; ${level}`;
  const version = (await registry.latest(subject))?.version;
  return `registered  version ${version}, id ${id}; ${level}`;
}

async function levelled(registry: LevelledSchemaRegistry, subject: string): Promise<string> {
  const level = await registry.level(subject);
  if (level !== undefined && ENOUGH.has(level)) return `compatibility ${level}`;
  await registry.setLevel(subject, 'BACKWARD');
  return `compatibility BACKWARD, was ${level ?? 'not set'}`;
}
