import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { workDirectory } from '../replay/replay-run.ts';
import { respiratoryRate, systolic } from '../replay/vital-signs.ts';

const directory = workDirectory();
const CLI = join(import.meta.dirname, '../../../app/cli.ts');
const TIME = '2026-01-05T08:00:00Z';
const INPUT = `${respiratoryRate('r', TIME, 24)}\n${systolic('s', TIME, 90)}\n`;

function run(
  args: readonly string[],
  input: string | Buffer = '',
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    input,
    encoding: 'utf8',
    env: { ...process.env, DEBUG: '', NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
}

describe('the command as a process', () => {
  test('replays standard input, prints a summary, and nothing to standard error', () => {
    const { code, out, err } = run(['replay', '-'], INPUT);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Records +2 {2}read: 2 \(100 %\) used\n/);
    expect(out).toMatch(/^Episodes +1$/m);
  });

  const ENDS: readonly (readonly [string, readonly string[], string, code: number, said: RegExp])[] = [
    ['wrong usage', ['replay', '--frobnicate'], '', 2, /Unknown option/],
    ['no such file', ['replay', join(directory, 'nowhere')], '', 3, /there is no such file/],
    ['an empty input', ['replay', '-'], '', 3, /Standard input is empty\./],
    ['an input without FHIR', ['replay', '-'], 'hello\n', 3, /Standard input holds no FHIR\./],
    [
      'a directory that cannot be made',
      ['replay', '-', '--out', '/proc/nowhere/results'],
      INPUT,
      4,
      /Cannot write to/,
    ],
  ];
  test.for(ENDS)('%s: one line, its exit code, no stack trace', ([, args, input, code, said]) => {
    if (process.platform !== 'linux' && code === 4) return;
    const ended = run(args, input);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toMatch(said);
    expect(ended.err).toMatch(/^sepsis-streams: [^\n]+\n$/);
  });

  test('a failure is one, also when nobody reads the results any more', async () => {
    const child = spawn(process.execPath, [CLI, 'replay', '--frobnicate'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    child.stderr.resume();
    expect(await once(child, 'close')).toEqual([2, null]);
  });

  test('a reader that has seen enough ends it quietly', async () => {
    const child = spawn(process.execPath, [CLI, 'describe'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([0, '']);
  });

  test('a signal ends a replay that waits for its input, and leaves nothing half written', async () => {
    const out = join(directory, 'stopped');
    const child = spawn(process.execPath, [CLI, 'replay', '-', '--out', out], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdin.write(INPUT);
    while (!existsWith(out, '.replay-')) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(5);
    expect(said).toMatch(/^sepsis-streams: Stopped\.[^\n]*\n$/);
    expect(readdirSync(out)).toEqual([]);
  });
});

const existsWith = (path: string, start: string): boolean => {
  try {
    return readdirSync(path).some((name) => name.startsWith(start));
  } catch {
    return false;
  }
};

describe('an old Node', () => {
  /** The command as it is published, on a Node that says to be of another version. */
  function onNode(version: string): { code: number | null; err: string } {
    const script = join(directory, `cli-${version}.mjs`);
    const pretence = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });\n`;
    const published = stripTypeScriptTypes(readFileSync(CLI, 'utf8').replace(/^#!.*\n/, ''));
    writeFileSync(script, pretence + published);
    const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    return { code: status, err: stderr };
  }

  test.for(['18.20.8', '20.20.2', '22.18.0', '24.5.9'])('%s is told so in one line', (version) => {
    expect(onNode(version)).toEqual({
      code: 2,
      err: `sepsis-streams: Node ${version} is too old. Use Node 24.6 or newer; \`npm ci\` in a checkout brings one.\n`,
    });
  });

  test.for(['24.6.0', '25.0.0', '26.1.0'])('%s is not old: the command goes on to its modules', (version) => {
    expect(onNode(version).err).toContain('ERR_MODULE_NOT_FOUND');
  });

  test('nothing is imported before the check, and nothing that an old Node cannot parse stands in it', () => {
    const source = readFileSync(CLI, 'utf8');
    expect(source).not.toMatch(/^import /m);
    expect(stripTypeScriptTypes(source)).toBe(source);
  });
});
