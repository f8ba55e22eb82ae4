import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { benchArguments, HELP } from '../../bench/arguments.ts';
import { REAL_HELP } from '../../bench/real/options.ts';
import { runProgram } from '../../docker/stack/run-program.ts';

test('nothing, quick and real begin something', () => {
  expect(benchArguments([])).toEqual({ what: 'memory', quick: false });
  expect(benchArguments(['quick'])).toEqual({ what: 'memory', quick: true });
  const args = ['drain', '--try'];
  expect(benchArguments(['real', ...args])).toEqual({ what: 'real', args });
});

test.each([
  [['--help'], HELP],
  [['quick', '-h'], HELP],
  [['real', '--help'], REAL_HELP],
  [['real', 'drain', '-h'], REAL_HELP],
])('%j asks for help', (argv, text) => {
  expect(benchArguments(argv)).toEqual({ what: 'help', text });
});

test.each([[['all']], [['--quick']], [['quick', 'real']], [['Real']], [['']]])(
  '%j is wrong usage',
  (argv) => {
    expect(() => benchArguments(argv)).toThrow(HELP);
    expect(() => benchArguments(argv)).toThrow(expect.objectContaining({ code: 'usage' }));
  },
);

test.each([
  [['--help'], 0],
  [['real', '--help'], 0],
  [['al'], 2],
  [['real', '--fast'], 2],
  [['real', 'al'], 2],
])('the command with %j measures nothing and ends with %i', async (argv, code) => {
  const path = (name: string): string => fileURLToPath(new URL(`../../bench/${name}`, import.meta.url));
  const results = readdirSync(path('results'));
  const options = { for: 'the test', withinMs: 60_000 };
  const ended = await runProgram(process.execPath, ['--expose-gc', path('run.ts'), ...argv], options);
  expect(ended).toMatchObject({ code });
  const [told, other] = code === 0 ? [ended.stdout, ended.stderr] : [ended.stderr, ended.stdout];
  expect(told).toMatch(code === 0 ? /npm run bench/ : /^bench: .*(al|--fast)/);
  expect(other).toBe('');
  expect(readdirSync(path('results'))).toEqual(results);
});
