import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerName } from '../../docker/stack/arguments.ts';
import { dataFolder, readVariables, type Variables } from '../../docker/stack/data-folder.ts';
import { down, type Output, up } from '../../docker/stack/stack-commands.ts';

const SERVERS: readonly ServerName[] = ['kafka', 'registry', 'redis'];

/** Kafka, Redis and Schema Registry of a run. */
export interface Servers {
  /** The variables that lead there, as the product takes them. */
  readonly variables: Variables;
  /** Ends them, unless they were somebody else's before. */
  end(): Promise<void>;
}

/** Starts what is not up. Without a folder they live in a temporary one, which goes with them. */
export async function startServers(data: string | undefined, say: (line: string) => void): Promise<Servers> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'sepsis-streams-bench-'));
  const asked = { servers: SERVERS, data: folder, brokers: 1, secure: false, asShipped: true } as const;
  const output: Output = { result: () => {}, progress: say };
  await up({ ...asked, command: 'up' }, output);
  const at = dataFolder(folder);
  const variables = Object.assign({}, ...SERVERS.map((server) => readVariables(at, server))) as Variables;
  return {
    variables,
    end: async () => {
      if (data !== undefined) return;
      await down({ ...asked, command: 'down' }, output);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
