import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StreamsError } from '../../../topology/model/errors.ts';
import { cached } from '../cache.ts';
import { freePorts } from '../free-ports.ts';
import { runProgram, withoutMend } from '../run-program.ts';
import { ServerProcess, withFreshPorts } from '../server-process.ts';
import { describeCluster } from './describe-cluster.ts';
import { fetchedLibraries, jvmArguments, type KafkaLibraries, QUICK_START } from './kafka-libraries.ts';
import { nodeProperties } from './properties.ts';
import { formatStorage, newId, storageTemplate } from './storage.ts';

const ARCHIVE = 'kafka.jsa';

/**
 * Kafka's libraries with an archive of the classes that a broker loads, made once for each Java (class data sharing, JEP 350):
 * each start of a broker and of a tool takes a third less CPU. Where none can be made they run without.
 * Throws `tool-missing` without Java or Maven, `download-failed` when Maven reaches nothing.
 */
export async function kafkaLibraries(progress: (line: string) => void): Promise<KafkaLibraries> {
  const libraries = await fetchedLibraries(progress);
  const template = await storageTemplate(libraries, [], progress);
  // The JVM refuses an archive of another build, and of other jars: both are known by their files.
  const { java, classPath } = libraries;
  const recipe = [java, statSync(java).mtimeMs, classPath].join('\n');
  const train = async (folder: string): Promise<void> => {
    try {
      await trained(libraries, template, folder);
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
async function trained(libraries: KafkaLibraries, template: string, folder: string): Promise<void> {
  const work = join(folder, 'broker');
  await withFreshPorts(async () => {
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work);
    const [plain = 0, controller = 0] = await freePorts(2);
    const properties = join(work, 'properties');
    const data = join(work, 'data');
    writeFileSync(properties, nodeProperties(1, [{ plain, controller }], data));
    const clusterId = newId();
    formatStorage(data, template, clusterId, 1);
    const dump = `-XX:ArchiveClassesAtExit=${join(folder, ARCHIVE)}`;
    const process = new ServerProcess({
      name: 'broker',
      program: libraries.java,
      args: [...jvmArguments(libraries, work), QUICK_START, dump, 'kafka.Kafka', properties],
      folder: work,
    });
    process.start();
    // Whoever is ended meanwhile takes it along: nobody else knows of it.
    const onExit = (): void => void process.kill();
    globalThis.process.once('exit', onExit);
    try {
      await process.answers(async () => (await describeCluster(plain)).clusterId === clusterId);
    } catch (error) {
      await process.kill();
      throw error;
    }
    await process.stop();
    globalThis.process.off('exit', onExit);
  });
  rmSync(work, { recursive: true });
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
