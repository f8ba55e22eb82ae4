import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as frontDoor from '@platformatic/kafka';
import { expect, test } from 'vitest';
import * as library from '../../../connectors/platformatic/library.ts';

test.for(Object.keys(library))('%s is what the front door of the library gives', (name) => {
  const given: Record<string, unknown> = { ...frontDoor };
  const taken: Record<string, unknown> = { ...library };
  expect(taken[name]).toBeDefined();
  expect(taken[name]).toBe(given[name]);
});

test('only what is used is loaded, and who asks for the front door then has all of it', async () => {
  const script = fileURLToPath(new URL('./loaded-parts.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const seen = JSON.parse(stdout) as Record<'parts' | 'after', string[]> & Record<string, unknown>;
  const calls = (files: readonly string[]): number =>
    files.filter((file) => /^apis\/.+-v\d+\.js$/.test(file)).length;
  expect(seen.parts.filter((file) => file.startsWith('clients/'))).toEqual([]);
  expect(calls(seen.parts)).toBe(26);
  const elsewhere = ['clients/base/options.js', 'protocol/index.js', 'protocol/murmur2.js', 'utils.js'];
  expect(seen.parts.filter((file) => elsewhere.includes(file))).toEqual([]);
  expect(seen.after).toEqual(expect.arrayContaining(elsewhere));
  expect(calls(seen.after)).toBeGreaterThan(200);
  // The options of its clients are checked, as ever.
  expect(seen['refused']).toContain('/options/clientId must match');
  // A broker is told the same name as by the whole library.
  expect(seen['own']).toEqual(seen['original']);
});

test('who asks for the front door while the parts are loaded has all of it', async () => {
  const room = new URL('../../../connectors/platformatic/without-clients.ts', import.meta.url).href;
  const script = `
    const { withoutClients } = await import('${room}');
    const { Consumer } = await withoutClients(() => import('@platformatic/kafka'));
    try { new Consumer({ strict: true }); } catch (error) { console.log(error.message); }`;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
  expect(stdout).toContain("must have required property 'clientId'");
});
