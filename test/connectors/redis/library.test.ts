import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOM = new URL('../../../connectors/redis/', import.meta.url);

/** Whether strings still have the quick methods of a new process when a module has been imported there. */
async function quickBehind(module: string): Promise<boolean> {
  const script = `await import(${JSON.stringify(module)}); console.log(%HasFastProperties(String.prototype));`;
  const args = ['--allow-natives-syntax', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
  return stdout.trim() === 'true';
}

test.for(['library.ts', 'snapshot-store.ts'])('%s leaves strings as quick as they were', async (file) => {
  expect(await quickBehind(new URL(file, ROOM).href)).toBe(true);
});

test('ioredis alone does not: when this fails, the mend is no longer needed', async () => {
  expect(await quickBehind('ioredis')).toBe(false);
});
