import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from '../commands/command.ts';
import { oneOf, parseOptions } from '../commands/options.ts';
import { REGISTRY_VARIABLES, registryConfiguration } from '../configuration/registry.ts';
import { toldWhole } from '../topics/told-whole.ts';
import { checkSubjects } from './check-subjects.ts';
import { registerSubjects } from './register-subjects.ts';

/** What `schemas --help` prints. */
export const SCHEMAS_HELP: string = `sepsis-streams schemas: the Avro schemas of this build and the Schema Registry

  npx sepsis-streams schemas check [--registered]
  npx sepsis-streams schemas register

  check          compares each schema with its subject, a line each: missing, identical, compatible (it
                 can follow the newest version) or incompatible. Changes nothing.
  register       registers what is not, and sets the compatibility of each subject to BACKWARD unless it
                 is stricter. Run again, it changes nothing. A worker never registers.

  --registered   check: also fail when one is not registered, as before a worker starts
  --help         this text

Environment
${REGISTRY_VARIABLES}
Exit codes: 0 done, 2 wrong usage or configuration, 4 incompatible, or the registry cannot be had.
`;

/**
 * `schemas check | register`. Resolves to 0, or to 4 when the check fails.
 * @throws StreamsError `usage`, `configuration`, `schema-incompatible`, and those of the registry.
 */
export async function schemasCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, { registered: { type: 'boolean', default: false } });
  const [given, unwanted] = positionals;
  if (given === undefined)
    throw new StreamsError('usage', 'schemas needs to know what to do: check or register.');
  const what = oneOf('schemas', given, ['check', 'register']);
  if (unwanted !== undefined)
    throw new StreamsError('usage', `schemas ${what} takes no argument ${unwanted}.`);
  if (values.registered && what !== 'check')
    throw new StreamsError('usage', '--registered belongs to check.');
  const registry = schemaRegistry({ ...registryConfiguration(io.environment), clock: systemClock });
  const subjects = Object.values(SUBJECTS);
  if (what === 'register') {
    await toldWhole(io, (say) => registerSubjects(registry, subjects, say));
    return 0;
  }
  const { lines, passed } = await checkSubjects(registry, subjects, values);
  io.stdout.write(`${lines.join('\n')}\n`);
  return passed ? 0 : 4;
}
