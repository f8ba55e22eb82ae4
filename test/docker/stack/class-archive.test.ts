import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { kafkaLibraries } from '../../../docker/stack/kafka/class-archive.ts';
import { jvmArguments, type KafkaLibraries } from '../../../docker/stack/kafka/kafka-libraries.ts';
import { type Ended, runProgram } from '../../../docker/stack/run-program.ts';
import { progress } from '../../servers/shared.ts';
import { useServer } from '../../servers/use-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const libraries = useServer(() => kafkaLibraries(progress));

/** A tool that ends at once, and where its classes came from. */
function run(how: KafkaLibraries): Promise<Ended> {
  const args = [...jvmArguments(how, temporaryFolder()), '-Xlog:class+load'];
  return runProgram(how.java, [...args, 'kafka.tools.StorageTool', 'random-uuid'], { for: 'Kafka' });
}

const ARCHIVED = 'org.apache.kafka.common.Uuid source: shared objects file';

/** A Java without an archive of its own classes, as the one that is fetched where there is none, cannot add to it. */
const hasOwn = (java: string): boolean => existsSync(join(dirname(java), '../lib/server/classes.jsa'));

test('a JVM of Kafka takes its classes from the archive, and says nothing of it', async ({ skip }) => {
  skip(!hasOwn(libraries().java), 'this Java keeps no archive of its own classes');
  const { code, stdout } = await run(libraries());
  expect(code).toBe(0);
  expect(stdout).toContain(ARCHIVED);
  expect(stdout).not.toMatch(/\[(warning|error)\]/);
});

test('without an archive it takes them from the jars', async () => {
  const { java, classPath } = libraries();
  const { code, stdout } = await run({ java, classPath });
  expect(code).toBe(0);
  expect(stdout).not.toContain(ARCHIVED);
  expect(stdout).toContain('org.apache.kafka.common.Uuid source: file:');
});
