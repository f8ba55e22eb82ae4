import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StreamsError } from '../../topology/model/errors.ts';

/** Variables that lead to a server, by name. */
export type Variables = Readonly<Record<string, string>>;

/** Where the servers of one stack keep all that is theirs. */
export interface DataFolder {
  readonly path: string;
  /** Nobody asked to keep it. */
  readonly temporary: boolean;
}

/**
 * The given folder, or one for this user and this checkout among the system's temporary ones, so that `down` finds what
 * `up` started. Throws `output-unwritable` when it cannot be made, or when someone else has made it.
 */
export function dataFolder(given: string | undefined): DataFolder {
  const path = given === undefined ? temporaryFolder() : resolve(given);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StreamsError('output-unwritable', `${path} cannot be made.`, error);
  }
  const { uid } = userInfo();
  if (given === undefined && uid >= 0) {
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== uid) {
      throw new StreamsError('output-unwritable', `${path} belongs to someone else.`);
    }
  }
  return { path: realpathSync(path), temporary: given === undefined };
}

/** The same folder, if it is there. */
export const existingFolder = (given: string | undefined): DataFolder | undefined =>
  existsSync(given ?? temporaryFolder()) ? dataFolder(given) : undefined;

function temporaryFolder(): string {
  const checkout = fileURLToPath(new URL('../../', import.meta.url));
  const mark = createHash('sha256').update(`${userInfo().uid} ${checkout}`).digest('hex').slice(0, 12);
  return join(tmpdir(), `sepsis-streams-stack-${mark}`);
}

const fileOf = (folder: DataFolder, server: string): string => join(folder.path, `${server}.env`);

/** Notes how a server is reached, as a file that `node --env-file` and a shell can read. */
export function writeVariables(folder: DataFolder, server: string, variables: Variables): void {
  const file = fileOf(folder, server);
  writeFileSync(`${file}.new`, `${lines(variables).join('\n')}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** How the server is reached; undefined when it is not up. */
export function readVariables(folder: DataFolder, server: string): Variables | undefined {
  const file = fileOf(folder, server);
  if (!existsSync(file)) return undefined;
  const pairs = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return Object.fromEntries(pairs);
}

export const forgetVariables = (folder: DataFolder, server: string): void =>
  rmSync(fileOf(folder, server), { force: true });

/** `NAME=value`, one each. */
export const lines = (variables: Variables): string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${value}`);
