import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

/** Each file that is loaded for nothing is time in which nobody is screened: of a restart in place the start is a half (D-046). */
describe('run loads no more than it runs', () => {
  let files: Readonly<Record<string, number>>;
  let ofNode: readonly string[];
  beforeAll(async () => {
    const script = fileURLToPath(new URL('./loaded-modules.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    ({ files, ofNode } = JSON.parse(stdout) as { files: typeof files; ofNode: typeof ofNode });
  });

  test('it saw what is loaded', () => {
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['@platformatic/kafka', 'avsc', 'rxjs']));
    expect(ofNode).toContain('NativeModule http');
  });

  test('of RxJS what a stage is made of, not all operators', () => {
    expect(files['rxjs']).toBeLessThan(30);
  });

  test.for(['ajv', 'mnemonist'])('not %s, which only the clients of the Kafka library need', (name) => {
    expect(files).not.toHaveProperty([name]);
  });

  test.for(['kafkajs', 'ioredis'])('not %s, before it is known that it is used', (name) => {
    expect(files).not.toHaveProperty([name]);
  });

  test('no fetch: whoever imports `node:http` by name loads that too', () => {
    expect(ofNode.filter((name) => name.includes('undici'))).toEqual([]);
  });
});
