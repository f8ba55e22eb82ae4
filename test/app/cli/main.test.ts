import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../app/commands/commands.ts';
import { reportFailure } from '../../../app/commands/failure.ts';
import { main } from '../../../app/commands/main.ts';
import { ERRORS, StreamsError } from '../../../topology/model/errors.ts';
import { Kept } from '../replay/replay-run.ts';

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const code = await main(args, { stdout, stderr, environment: {} });
  return { code, out: stdout.text, err: stderr.text };
}

describe('the command line', () => {
  test('lists every command', async () => {
    for (const args of [['--help'], ['-h'], ['help']]) {
      const { code, out, err } = await run(...args);
      expect([code, err]).toEqual([0, '']);
      for (const { name, summary } of COMMANDS)
        expect(out).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'm'));
    }
  });

  test('without a command says how it is used, and that this was wrong', async () => {
    const { code, out, err } = await run();
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: sepsis-streams COMMAND');
  });

  test.for(COMMANDS)('$name has a help, however one asks for it', async ({ name }) => {
    const texts = await Promise.all([
      run(name, '--help'),
      run(name, '-h'),
      run('help', name),
      run(name, 'x', '--help'),
    ]);
    for (const { code, out, err } of texts) {
      expect([code, err]).toEqual([0, '']);
      expect(out).toBe(texts[0]?.out);
      expect(out).toMatch(new RegExp(`^sepsis-streams ${name}: .+\n`));
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThan(110);
    }
  });

  test('the help of replay names each of its options', async () => {
    const { out } = await run('replay', '--help');
    const options = 'out rule order seed lateness patients base explain partitions instances help'.split(' ');
    for (const option of options) expect(out).toMatch(new RegExp(`^ {2}--${option} `, 'm'));
  });

  test('tells the version of the package', async () => {
    const manifest = readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8');
    const { version }: { version: string } = JSON.parse(manifest);
    expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test.for([
    [undefined, /--hours needs --once/],
    ['', /--hours needs --once/],
    ['kafka:9092', /Unknown option '--hours'/],
  ] as const)('start is the demonstration unless brokers are named: %s', async ([brokers, said]) => {
    const stderr = new Kept();
    const environment = { KAFKA_BOOTSTRAP_SERVERS: brokers };
    expect(await main(['start', '--hours', '3'], { stdout: new Kept(), stderr, environment })).toBe(2);
    expect(stderr.text).toMatch(said);
  });

  test('an unknown command is wrong usage, and the others are named', async () => {
    const { code, out, err } = await run('frobnicate');
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      'sepsis-streams: There is no command frobnicate; there are start, replay, run, publish, pagerduty, ehr, alerts, describe, topics, schemas and help. See `--help`.\n',
    );
  });
});

describe('describe', () => {
  test('prints the topology in words, as a chart, and its hash', async () => {
    const [text, mermaid, hash] = await Promise.all([
      run('describe'),
      run('describe', '--mermaid'),
      run('describe', '--hash'),
    ]);
    expect([text.code, mermaid.code, hash.code]).toEqual([0, 0, 0]);
    expect(text.out).toMatch(/^Topologies:\n {3}Sub-topology: 0\n/);
    expect(text.out).toContain('Processor: patient-window (stores: [patients])');
    expect(mermaid.out).toMatch(/^flowchart LR\n/);
    expect(hash.out).toMatch(/^[0-9a-f]{16}\n$/);
    expect(text.out).toContain(`Hash: ${hash.out}`);
  });

  test.for([
    [['x'], /takes no argument x/],
    [['--mermaid', '--hash'], /exclude each other/],
    [['--json'], /Unknown option '--json'/],
  ] as const)('%s is refused', async ([args, why]) => {
    const { code, out, err } = await run('describe', ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(why);
  });
});

describe('what ended a command is told in one line', () => {
  const told = (error: unknown, environment: Record<string, string> = {}): { code: number; said: string } => {
    const stderr = new Kept();
    return { code: reportFailure(error, { stderr, environment }), said: stderr.text };
  };

  test('with the exit code of the table', () => {
    for (const [code, { exit, mend }] of Object.entries(ERRORS)) {
      const error = new StreamsError(code as keyof typeof ERRORS, 'This happened.');
      expect(told(error)).toEqual({ code: exit, said: `sepsis-streams: This happened. ${mend}\n` });
    }
  });

  test('an error that nobody foresaw is a bug, and what it says is shown on demand alone', () => {
    const error = new TypeError('cannot read Jane Doe');
    const { code, said } = told(error);
    expect(code).toBe(1);
    expect(said).toMatch(/^sepsis-streams: unexpected TypeError\. This is a bug: please report it .+\n$/);
    expect(said).not.toContain('Jane');
    expect(told(error, { DEBUG: '1' }).said).toMatch(/cannot read Jane Doe\n +at /);
    expect(told('thrown text')).toMatchObject({
      code: 1,
      said: expect.stringContaining('unexpected string.'),
    });
  });
});
