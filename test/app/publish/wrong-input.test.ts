import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { workDirectory } from '../replay/replay-run.ts';
import { respiratoryRate } from '../replay/vital-signs.ts';
import { publish } from './publish-run.ts';

const directory = workDirectory();

let files = 0;
function input(content: string | Uint8Array): string {
  const path = join(directory, `input-${files++}`);
  writeFileSync(path, content);
  return path;
}

describe('wrong input is one clear line and its exit code', () => {
  const good = input(respiratoryRate('good', '2026-01-05T08:00:00Z', 20));
  mkdirSync(join(directory, 'folder'));
  const KAFKA = { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' };
  test.for([
    ['no such file', [join(directory, 'nowhere')], 3, /nowhere: there is no such file/],
    ['a directory', [join(directory, 'folder')], 3, /it is a directory/],
    [
      'a gzip file that is none',
      [input(Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))],
      3,
      /damaged|cut off/,
    ],
    ['nothing', [input('')], 3, /is empty/],
    ['text', [input('hello\nworld\n')], 3, /holds no FHIR/],
    [
      'a file of patients that is none',
      ['--patients', input('no'), good],
      3,
      /line 1 is not a FHIR resource/,
    ],
    ['no file', [], 2, /needs at least one FILE/],
    ['a rate of nothing', ['--rate', '0', good], 2, /--rate 0 is no whole number from 1 to 1000000/],
    ['a rate that is none', ['--rate', 'fast', good], 2, /--rate fast/],
    ['a speed below its own', ['--speed', '0.5', good], 2, /--speed 0\.5/],
    ['an unknown option', ['--fast', good], 2, /Unknown option '--fast'/],
    ['an unknown format', ['--format', 'xml', good], 2, /--format xml is unknown; it is bare or envelope/],
    ['a base that is none', ['--base', 'ehr', good], 2, /--base ehr/],
    ['standard input twice', ['-', '-'], 2, /read once only/],
    ['two inlets', ['--listen', good], 2, /one of FILE/],
    [
      'an option of another inlet',
      ['--since', '2026-01-01', good],
      2,
      /--since belongs to --fhir-server alone/,
    ],
    ['a server without a cursor', ['--fhir-server'], 2, /needs --cursor FILE/],
    [
      'a type that is none',
      ['--fhir-server', '--cursor', 'c', '--type', 'observation'],
      2,
      /--type observation/,
    ],
  ] as const)('%s', async ([, args, code, why]) => {
    const run = await publish(KAFKA, ...args);
    expect([run.code, run.out]).toEqual([code, '']);
    expect(run.err).toMatch(why);
    expect(run.err).toMatch(/^sepsis-streams: .+\n$/);
  });

  test('no variable, and a wrong one, are listed together', async () => {
    const { code, err } = await publish({ KAFKA_DRIVER: 'x' }, '--listen');
    expect(code).toBe(2);
    for (const name of ['KAFKA_BOOTSTRAP_SERVERS', 'KAFKA_DRIVER', 'HTTP_PORT'])
      expect(err).toContain(`  ${name} `);
  });

  test('no broker', async () => {
    const { code, out, err } = await publish(KAFKA, good);
    expect([code, out]).toEqual([4, '']);
    expect(err).toMatch(/^sepsis-streams: .*127\.0\.0\.1:1.*Check that the brokers run.*\n$/);
  });

  test('somebody who is no broker', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { code } = await publish({ KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${port}` }, good);
    server.close();
    expect(code).toBe(4);
  });

  test('the help names each option', async () => {
    const { out } = await publish({}, '--help');
    const source = readFileSync(join(import.meta.dirname, '../../../app/publish/publish-options.ts'), 'utf8');
    const options = [...source.matchAll(/^ {2}'?([a-z-]+)'?: \{ type: /gm)].map(([, name]) => name);
    expect(options.length).toBeGreaterThan(15);
    for (const option of options) expect(out).toMatch(new RegExp(`(?:^| )--${option} `, 'm'));
  });
});

test('a Bundle inside an envelope, a recording or a Bundle is told, and not lost', async () => {
  const good = respiratoryRate('good', '2026-01-05T08:00:00Z', 20);
  const bundle = `{"resourceType":"Bundle","entry":[{"resource":${good}}]}`;
  const envelope = JSON.stringify({ ResourceJson: bundle });
  const recording = JSON.stringify({ topic: 'fhir.observation.vitals', value: bundle });
  const nested = `{"resourceType":"Bundle","entry":[{"resource":${bundle}}]}`;
  for (const line of [envelope, recording, nested]) {
    const { code, out, err } = await publish({}, input(`${line}\n${good}\n`), '--dry-run');
    expect([code, out]).toEqual([0, expect.stringMatching(/^Published +1 .*\n(?:.*\n)*Dead letters +1\n/)]);
    expect(err).toMatch(/would be a dead letter, not-fhir: a Bundle/);
  }
  const { out } = await publish({}, input(`${bundle}\n${bundle}\n`), '--dry-run');
  expect(out).toMatch(/^Published +2 /);
  expect(out).not.toContain('Dead letters');
});
