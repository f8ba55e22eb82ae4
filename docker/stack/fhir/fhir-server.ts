import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StreamsError } from '../../../topology/model/errors.ts';
import { cached, recipeAt } from '../cache.ts';
import { freePorts } from '../free-ports.ts';
import { java } from '../java.ts';
import { mavenLibraries } from '../maven.ts';
import { runProgram } from '../run-program.ts';
import { ServerProcess, withFreshPorts } from '../server-process.ts';
import { askFhir, type User } from './fhir-request.ts';

const POM = new URL('./pom.xml', import.meta.url);
const PROGRAM = new URL('./FhirServer.java', import.meta.url);

/**
 * HAPI 8.8 reads its register of OIDs (1.5 MB) anew for each resource that it validates, a fifth of its time. This one names none and
 * stands before it: an OID is taken all the same.
 */
const OIDS = new URL('./oidregistry.csv', import.meta.url);

/** HAPI is compiled for this Java. */
const JAVA = 17;

/** How a FHIR server is started. */
export interface FhirOptions {
  /** Where its log and pid file go. */
  readonly folder: string;
  /** Only this user may ask (HTTP basic). */
  readonly secure?: boolean;
  /** Starts faster and runs slower. */
  readonly quick?: boolean;
  readonly progress: (line: string) => void;
}

/** A FHIR R4 server that validates what it is given. Its resources are in memory: gone when it ends. */
export interface FhirServer {
  /** `http://127.0.0.1:20001/fhir`. */
  readonly url: string;
  readonly user: User | undefined;
  readonly process: ServerProcess;
  stop(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
}

/**
 * Starts a HAPI FHIR server and waits until it has validated a resource: the first takes seconds, those that come behind it
 * milliseconds. Throws `tool-missing` without Maven or a Java 17 that has a compiler.
 */
export async function startFhir(options: FhirOptions): Promise<FhirServer> {
  const { folder, progress, secure = false, quick = false } = options;
  mkdirSync(folder, { recursive: true });
  const { program, classPath } = await fhirProgram(progress);
  const user = secure ? { name: 'sepsis', password: 'sepsis-pw' } : undefined;
  return withFreshPorts(async () => {
    const [port = 0] = await freePorts(1);
    const settings = {
      'java.io.tmpdir': folder,
      'org.slf4j.simpleLogger.defaultLogLevel': 'warn',
      'fhir.port': port,
      ...(user === undefined ? {} : { 'fhir.user': user.name, 'fhir.password': user.password }),
    };
    const process = new ServerProcess({
      name: 'fhir',
      program,
      args: [
        '-Xmx1g',
        '-XX:+UseSerialGC',
        '-XX:-UsePerfData',
        ...(quick ? ['-XX:TieredStopAtLevel=1'] : []),
        ...Object.entries(settings).map(([key, value]) => `-D${key}=${value}`),
        '-cp',
        classPath,
        'FhirServer',
      ],
      folder,
    });
    const url = `http://127.0.0.1:${port}/fhir`;
    try {
      process.start();
      await process.answers(() => answersFhir(url, user), 480_000);
    } catch (error) {
      await process.kill();
      throw error;
    }
    return {
      url,
      user,
      process,
      stop: () => process.stop(),
      kill: () => process.kill(),
      pause: () => process.pause(),
      resume: () => process.resume(),
    };
  });
}

/** Whether it validates: this resource it must refuse, and it stays as it is. */
export async function answersFhir(url: string, user: User | undefined): Promise<boolean> {
  const json = { resourceType: 'Observation', id: 'warm-up', status: 'none' };
  const { status } = await askFhir(`${url}/Observation/warm-up`, {
    method: 'PUT',
    json,
    user,
    withinMs: 120_000,
  });
  return status === 422;
}

/** Libraries fetched with Maven the first time (250 MB), and the program compiled against them. */
async function fhirProgram(
  progress: (line: string) => void,
): Promise<{ readonly program: string; readonly classPath: string }> {
  const { program } = await java(JAVA, progress);
  const libraries = await mavenLibraries('fhir', POM, 'the FHIR server', progress);
  const recipe = recipeAt(POM) + recipeAt(PROGRAM) + recipeAt(OIDS);
  const compile = (into: string): Promise<void> => compiled(program, libraries, into);
  const classes = await cached('fhir-program', recipe, compile, progress);
  return { program, classPath: [classes, join(libraries, '*')].join(delimiter) };
}

async function compiled(program: string, libraries: string, folder: string): Promise<void> {
  // The compiler as a module of the Java that was found: there may be another `javac` on the PATH, or none.
  const compiler = ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '-proc:none', '-nowarn'];
  const classPath = readdirSync(libraries).map((jar) => join(libraries, jar));
  const what = ['--release', String(JAVA), '-d', folder, '-cp', classPath.join(delimiter)];
  const { code, stdout, stderr } = await runProgram(program, [...compiler, ...what, fileURLToPath(PROGRAM)], {
    for: 'the FHIR server',
  });
  if (code === 0) return copyFileSync(OIDS, join(folder, 'oidregistry.csv'));
  const said = `${stdout}\n${stderr}`;
  if (said.includes('Module jdk.compiler not found'))
    throw new StreamsError(
      'tool-missing',
      `${program} has no compiler; a JDK is needed for the FHIR server.`,
    );
  throw new StreamsError('server-not-started', `The FHIR server did not compile (${code}):\n${said}\n`);
}
