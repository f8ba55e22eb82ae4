import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StreamsError } from '../../../topology/model/errors.ts';
import { cached } from '../cache.ts';
import { pidFilesBelow, readPidFile } from '../pid-files.ts';
import { signal } from '../process-identity.ts';
import { runProgram, withoutMend } from '../run-program.ts';
import { startKafka } from './kafka-cluster.ts';
import { fetchedLibraries, jvmArguments, type KafkaLibraries } from './kafka-libraries.ts';
import { storageTemplate } from './storage.ts';

const ARCHIVE = 'kafka.jsa';

type Progress = (line: string) => void;

/**
 * Kafka's libraries with an archive of the classes that a broker loads, made once for each Java (class data sharing, JEP 350):
 * each start of a broker and of a tool takes a third less CPU. Where none can be made they run without.
 * Throws `tool-missing` without Java or Maven, `download-failed` when Maven reaches nothing.
 */
export async function kafkaLibraries(progress: Progress): Promise<KafkaLibraries> {
  const libraries = await fetchedLibraries(progress);
  // Before the archive, whose broker needs it: the cache fills one thing at a time.
  await storageTemplate(libraries, [], progress);
  // The JVM refuses an archive of another build, and of other jars: both are known by their files.
  const { java, classPath } = libraries;
  const recipe = [java, statSync(java).mtimeMs, classPath].join('\n');
  const train = async (folder: string): Promise<void> => {
    try {
      await trained(libraries, folder, progress);
      await assertWhole(libraries, folder);
    } catch (error) {
      const why = error instanceof Error ? withoutMend(error) : String(error);
      progress(`Kafka will run without an archive of its classes: ${why}`);
    }
  };
  const archive = join(await cached('kafka-classes', recipe, train, progress), ARCHIVE);
  return existsSync(archive) ? { ...libraries, archive } : libraries;
}

/** A broker that starts, answers, and writes the archive as it ends in order. */
async function trained(libraries: KafkaLibraries, folder: string, progress: Progress): Promise<void> {
  const work = join(folder, 'broker');
  // Whoever is ended meanwhile takes it along: nobody else knows of it.
  const onExit = (): void => {
    for (const file of pidFilesBelow(work)) signalHolder(file);
  };
  process.once('exit', onExit);
  try {
    const flags = [`-XX:ArchiveClassesAtExit=${join(folder, ARCHIVE)}`];
    const broker = await startKafka(libraries, { folder: work, quick: true, flags, progress });
    await broker.stop();
  } finally {
    process.off('exit', onExit);
    rmSync(work, { recursive: true, force: true });
  }
}

function signalHolder(pidFile: string): void {
  const identity = readPidFile(pidFile);
  if (identity !== undefined) signal(identity, 'SIGKILL');
}

/** A broker that was killed while it wrote leaves half an archive: this JVM must have it, or does not start. */
async function assertWhole(libraries: KafkaLibraries, folder: string): Promise<void> {
  const archive = join(folder, ARCHIVE);
  if (!existsSync(archive)) return;
  const args = [...jvmArguments({ ...libraries, archive }, folder), '-Xshare:on', 'kafka.tools.StorageTool'];
  const { code, stdout } = await runProgram(libraries.java, [...args, 'random-uuid'], { for: 'Kafka' });
  if (code === 0) return;
  rmSync(archive);
  throw new StreamsError('server-not-started', `it cannot be read: ${stdout.trim()}`);
}
