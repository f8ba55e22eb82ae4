import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { newestJava } from '../../../docker/stack/java.ts';
import { temporaryFolder } from './temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A home as a JDK has it; without `release`, `java -version` is asked. */
function javaHome(version: string, release: boolean): string {
  const home = temporaryFolder();
  mkdirSync(join(home, 'bin'));
  const script = `#!/bin/sh\necho 'openjdk version "${version}" 2099-01-01' >&2\n`;
  writeFileSync(join(home, 'bin/java'), script, { mode: 0o755 });
  if (release) writeFileSync(join(home, 'release'), `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\n`);
  return home;
}

test.each([
  ['named by its release file', true],
  ['asked for its version', false],
])('the newest is taken wherever it lies, %s', async (_, release) => {
  const newest = javaHome('1999.0.2', release);
  const old = javaHome('1.8.0_402', release);
  vi.stubEnv('JAVA_HOME', newest);
  vi.stubEnv('PATH', join(old, 'bin'));
  expect(await newestJava()).toEqual({ program: join(newest, 'bin/java'), version: 1999 });
  vi.stubEnv('JAVA_HOME', old);
  vi.stubEnv('PATH', join(newest, 'bin'));
  expect(await newestJava()).toEqual({ program: join(newest, 'bin/java'), version: 1999 });
});

test('a home without Java, and a Java that does not run, are passed over', async () => {
  const broken = temporaryFolder();
  mkdirSync(join(broken, 'bin'));
  writeFileSync(join(broken, 'bin/java'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const good = javaHome('2000', true);
  vi.stubEnv('JAVA_HOME', temporaryFolder());
  vi.stubEnv('PATH', `${join(broken, 'bin')}:${join(good, 'bin')}`);
  expect((await newestJava())?.version).toBe(2000);
});
