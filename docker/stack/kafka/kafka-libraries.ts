import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { java } from '../java.ts';
import { mavenLibraries } from '../maven.ts';
import { type Ended, runProgram } from '../run-program.ts';

const POM = new URL('./pom.xml', import.meta.url);
const LOGGING = fileURLToPath(new URL('./log4j2.xml', import.meta.url));

/** Kafka runs on this Java and newer. */
const JAVA = 17;

/** How a class of Kafka is run: `java`, and the arguments that stand before the class. */
export interface KafkaLibraries {
  readonly java: string;
  readonly classPath: string;
  /** Classes as this JVM keeps them in memory (`class-archive.ts`); without it each start reads and checks them anew. */
  readonly archive?: string;
}

/**
 * Kafka's libraries, fetched with Maven the first time (54 MB), and a Java to run them.
 * Throws `tool-missing` without Java or Maven, `download-failed` when Maven reaches nothing.
 */
export async function fetchedLibraries(progress: (line: string) => void): Promise<KafkaLibraries> {
  const found = await java(JAVA, progress);
  const folder = await mavenLibraries('kafka', POM, 'Kafka', progress);
  return { java: found.program, classPath: join(folder, '*') };
}

/** Memory and collector of a JVM: small, for one of several on a machine that does other things. */
const SMALL = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC'] as const;

/** As Kafka's own start script has them (`kafka-server-start.sh`, `kafka-run-class.sh`), for what is measured. */
export const AS_SHIPPED = [
  '-Xms1g',
  '-Xmx1g',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
] as const;

/** Arguments of every JVM of Kafka; no file outside `folder`. */
export const jvmArguments = (
  { classPath, archive }: KafkaLibraries,
  folder: string,
  memory: readonly string[] = SMALL,
): string[] => [
  ...memory,
  '-Xshare:auto',
  ...(archive === undefined ? [] : [`-XX:SharedArchiveFile=${archive}`]),
  '-XX:-UsePerfData',
  `-Djava.io.tmpdir=${folder}`,
  `-Dlog4j2.configurationFile=file:${LOGGING}`,
  '-cp',
  classPath,
];

/** Half-compiled code starts faster and runs slower: for what lives a second, and for tests of function. */
export const QUICK_START = '-XX:TieredStopAtLevel=1';

/**
 * Runs one of Kafka's command line tools to its end, a second or more each:
 * `org.apache.kafka.tools.DumpLogSegments`, `org.apache.kafka.tools.TopicCommand`, `kafka.tools.StorageTool` …
 */
export function kafkaTool(
  libraries: KafkaLibraries,
  folder: string,
  mainClass: string,
  args: readonly string[],
  stdin = '',
): Promise<Ended> {
  return runProgram(libraries.java, [...jvmArguments(libraries, folder), QUICK_START, mainClass, ...args], {
    for: 'Kafka',
    stdin,
  });
}
