import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Asked, SERVERS, type ServerName } from './arguments.ts';
import {
  type DataFolder,
  dataFolder,
  existingFolder,
  forgetVariables,
  lines,
  readVariables,
  type Variables,
  writeVariables,
} from './data-folder.ts';
import { locked } from './lock.ts';
import { endAllBelow, pidFilesBelow, readPidFile } from './pid-files.ts';
import { isRunning } from './process-identity.ts';
import { KINDS } from './servers.ts';

/** Where a command writes: results line by line, and what it is doing. */
export interface Output {
  readonly result: (line: string) => void;
  readonly progress: (line: string) => void;
}

/** How long servers may take to write out what they hold. */
const GRACE_MS = 20_000;

/** Starts what was asked for and is not up yet. When one of them fails, those that this call started are ended again. */
export async function up(asked: Asked, output: Output): Promise<void> {
  const folder = dataFolder(asked.data);
  await locked(lockOf(folder), async () => {
    const begun = new Set<ServerName>();
    const ended = async (graceMs: number): Promise<void> => {
      for (const server of begun) await ensureDown(folder, server, graceMs);
    };
    // A signal must not leave processes that nobody was told of; nor is their end, then, a fault to be told.
    let stopping: Promise<void> | undefined;
    const onSignal = (): void => {
      stopping ??= ended(0).finally(() => {
        output.progress('stopped; what was being started is ended');
        rmSync(lockOf(folder), { force: true });
        process.exit(5);
      });
    };
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    try {
      const results = await Promise.allSettled(
        asked.servers.map(async (server) => {
          const running = await health(folder, server);
          if (running?.healthy === true) {
            output.progress(`${server} is up already and stays as it is`);
            return running.variables;
          }
          begun.add(server);
          return start(folder, server, asked, output);
        }),
      );
      const failed = results.find((result) => result.status === 'rejected');
      await stopping;
      if (failed !== undefined) {
        await ended(GRACE_MS);
        throw failed.reason;
      }
      for (const result of results) {
        if (result.status === 'fulfilled') output.result(lines(result.value).join(' '));
      }
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  });
}

async function start(
  folder: DataFolder,
  server: ServerName,
  asked: Asked,
  output: Output,
): Promise<Variables> {
  await ensureDown(folder, server, GRACE_MS);
  const variables = await KINDS[server].start(join(folder.path, server), asked, output.progress);
  writeVariables(folder, server, variables);
  return variables;
}

/** Ends all that is up in the folder; a temporary one goes too. */
export async function down(asked: Asked, output: Output): Promise<void> {
  const folder = existingFolder(asked.data);
  if (folder === undefined) {
    output.result('Nothing was up.');
    return;
  }
  await locked(lockOf(folder), async () => {
    const counts = await Promise.all(
      SERVERS.map(async (server) => {
        const count = await ensureDown(folder, server, GRACE_MS);
        if (count > 0) output.result(`${server} is down`);
        return count;
      }),
    );
    if (counts.every((count) => count === 0)) output.result('Nothing was up.');
    if (folder.temporary) rmSync(folder.path, { recursive: true, force: true });
  });
}

/** Tells address and health of each; whether all that should be up are. */
export async function status(asked: Asked, output: Output): Promise<boolean> {
  const folder = existingFolder(asked.data);
  let allHealthy = true;
  let any = false;
  for (const server of SERVERS) {
    const found = folder === undefined ? undefined : await health(folder, server);
    if (found === undefined) continue;
    any = true;
    allHealthy &&= found.healthy;
    output.result(
      `${server} ${found.healthy ? 'up' : 'gives no answer'} ${lines(found.variables).join(' ')}`,
    );
  }
  if (!any) output.result('Nothing is up.');
  return allHealthy;
}

const lockOf = (folder: DataFolder): string => join(folder.path, 'lock');

/** Ends the processes of the server and forgets its address; its data stay. Gives how many processes there were. */
async function ensureDown(folder: DataFolder, server: ServerName, graceMs: number): Promise<number> {
  const count = await endAllBelow(join(folder.path, server), graceMs);
  forgetVariables(folder, server);
  return count;
}

/** Undefined when it is not up. It is healthy when its own processes run and it answers: its port alone proves nothing. */
async function health(
  folder: DataFolder,
  server: ServerName,
): Promise<{ readonly variables: Variables; readonly healthy: boolean } | undefined> {
  const variables = readVariables(folder, server);
  if (variables === undefined) return undefined;
  const processes = pidFilesBelow(join(folder.path, server)).map(readPidFile);
  const running = processes.length > 0 && processes.every((one) => one !== undefined && isRunning(one));
  const healthy = running && (await KINDS[server].answers(variables).catch(() => false));
  return { variables, healthy };
}
