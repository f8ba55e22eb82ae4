import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the servers of this test run live. */
    serversFolder: string;
  }
}

const END = fileURLToPath(new URL('./end-of-run.ts', import.meta.url));

/**
 * One folder per test run for all servers that its files ask for. They are ended, and the folder removed, by a shell that
 * waits for this process to close a pipe: that happens at the end of the run, and also when the run is killed.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'sepsis-streams-test-'));
  project.provide('serversFolder', folder);
  // A session of its own: what interrupts the run does not interrupt its cleaning up.
  const guard = spawn('/bin/sh', ['-c', 'read -r _; exec "$0" "$@"', process.execPath, END, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  guard.unref();
  await once(guard, 'spawn');
  return async () => {
    const finished = once(guard, 'exit');
    guard.stdin?.end();
    await finished;
  };
}
