import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from './command.ts';
import { parseOptions } from './options.ts';

/** What `describe --help` prints. */
export const DESCRIBE_HELP: string = `sepsis-streams describe: the topology on one page

  npx sepsis-streams describe [--mermaid | --hash]

  In the words of Kafka Streams: sub-topologies, sources, processors and sinks; then topics and stores.

  --mermaid      as a Mermaid flowchart
  --hash         only its hash, which is the same for the same topology
  --help         this text
`;

/** `describe`: prints the topology. @throws StreamsError `usage`. */
export async function describeCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    mermaid: { type: 'boolean', default: false },
    hash: { type: 'boolean', default: false },
  });
  const [unwanted] = positionals;
  if (unwanted !== undefined) throw new StreamsError('usage', `describe takes no argument ${unwanted}.`);
  if (values.mermaid && values.hash)
    throw new StreamsError('usage', '--mermaid and --hash exclude each other.');
  const { described } = await import('./described.ts');
  io.stdout.write(await described(values.mermaid ? 'mermaid' : values.hash ? 'hash' : 'text'));
  return 0;
}
