import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PAGERDUTY_VARIABLES, pagerDutySettings } from '../../../app/configuration/pagerduty.ts';
import { pseudonymSecretIn } from '../../../app/configuration/pseudonym.ts';
import { pagerDutyCommand } from '../../../app/pagerduty/pagerduty-command.ts';
import { pagerDutyOptions } from '../../../app/pagerduty/pagerduty-options.ts';
import { PAGE_POLICY } from '../../../connectors/pagerduty/page-policy.ts';
import { screeningRules } from '../../../operators/screening-rules.ts';
import { temporaryFolder } from '../../docker/stack/temporary-folder.ts';

const KEY = 'k'.repeat(32);
const BASE = { PAGERDUTY_API_KEY: KEY };
const faultsOf = (environment: Record<string, string>): string[] => {
  const faults: string[] = [];
  pagerDutySettings(environment, faults);
  return faults;
};

test('a key is enough', () => {
  const faults: string[] = [];
  const { routing, ...settings } = pagerDutySettings(BASE, faults);
  expect(settings).toEqual({
    url: 'https://events.pagerduty.com',
    ca: undefined,
    rate: 120,
    webhookSecret: undefined,
    content: { details: 'minimal', places: 'ehr', severity: { usual: 'error', worse: 'critical' } },
    policy: PAGE_POLICY,
  });
  expect(routing()).toEqual(new Map([['default', KEY]]));
  expect(faults).toEqual([]);
});

test('what is named is read, and keys of units are read again', () => {
  const file = join(temporaryFolder(), 'routing.json');
  const write = (icu: string): void =>
    writeFileSync(file, JSON.stringify({ default: KEY, ICU: icu.repeat(32) }));
  write('i');
  const faults: string[] = [];
  const settings = pagerDutySettings(
    {
      PAGERDUTY_ROUTING_FILE: file,
      PAGERDUTY_URL: 'https://events.eu.pagerduty.com/',
      PAGERDUTY_RATE: '60',
      PAGERDUTY_WEBHOOK_SECRET: 's',
      HTTP_PORT: '8080',
      PAGE_DETAILS: 'values',
      PAGE_PLACES: 'listed',
      PAGE_LINK: 'https://alerts.example.org/{alertId}',
      PAGE_SEVERITY: 'warning, critical',
      PAGE_REFRACTORY: '2h',
      PAGE_QUIET: '12h',
      PAGE_MAX_AGE: '90m',
      PAGE_LACTATE: '2.5',
      PAGE_HYPOTENSION: '85',
    },
    faults,
  );
  expect(faults).toEqual([]);
  expect(settings).toMatchObject({
    url: 'https://events.eu.pagerduty.com',
    rate: 60,
    content: {
      details: 'values',
      places: 'listed',
      link: 'https://alerts.example.org/{alertId}',
      severity: { usual: 'warning', worse: 'critical' },
    },
    policy: { refractory: 7_200_000, quiet: 43_200_000, oldest: 5_400_000, lactate: 2.5, hypotension: 85 },
  });
  expect(settings.routing().get('ICU')).toBe('i'.repeat(32));
  write('j');
  expect(settings.routing().get('ICU')).toBe('j'.repeat(32));
});

test.each<[Record<string, string>, RegExp]>([
  [{ PAGERDUTY_API_KEY: '' }, /PAGERDUTY_API_KEY is not set/],
  [{ PAGERDUTY_API_KEY: 'short' }, /PAGERDUTY_API_KEY is no integration key/],
  [{ PAGERDUTY_ROUTING_FILE: '/nowhere' }, /are both set/],
  [{ PAGERDUTY_URL: 'http://events.pagerduty.com' }, /PAGERDUTY_URL is no plain https address/],
  [{ PAGERDUTY_CA_FILE: '/nowhere' }, /PAGERDUTY_CA_FILE names \/nowhere/],
  [{ PAGERDUTY_RATE: '1.5' }, /PAGERDUTY_RATE is 1\.5/],
  [{ PAGERDUTY_WEBHOOK_SECRET: 's' }, /HTTP_PORT is not/],
  [{ PAGE_DETAILS: 'all' }, /PAGE_DETAILS is all: it is minimal or values/],
  [{ PAGE_PLACES: 'all' }, /PAGE_PLACES is all/],
  [{ PAGE_LINK: 'https://alerts.example.org' }, /PAGE_LINK/],
  [{ PAGE_SEVERITY: 'high,low' }, /PAGE_SEVERITY is high,low/],
  [{ PAGE_QUIET: 'unlimited' }, /PAGE_QUIET is unlimited/],
  [{ PAGE_LACTATE: '0' }, /PAGE_LACTATE is 0/],
])('%j is told', (own, fault) => {
  const faults = faultsOf({ ...BASE, ...own });
  expect(faults).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
  expect(faults.join()).not.toContain(KEY);
});

test('a routing file that is none is told, and no key of it', () => {
  const file = join(temporaryFolder(), 'routing.json');
  writeFileSync(file, JSON.stringify({ default: KEY, ICU: 'planted' }));
  const faults = faultsOf({ PAGERDUTY_ROUTING_FILE: file });
  expect(faults).toEqual([expect.stringMatching(/PAGERDUTY_ROUTING_FILE, of "ICU", is no integration key/)]);
  expect(faults.join()).not.toMatch(/planted|kkk/);
});

test('every fault is told at once, before anything is begun', async () => {
  const io = { stdout: process.stdout, stderr: process.stderr, environment: { KAFKA_DRIVER: 'x' } };
  const asked = pagerDutyCommand(['--slot', 'a b'], io);
  await expect(asked).rejects.toMatchObject({ code: 'configuration' });
  for (const name of [
    '--slot',
    'KAFKA_BOOTSTRAP_SERVERS',
    'KAFKA_DRIVER',
    'SCHEMA_REGISTRY_URL',
    'PAGERDUTY_API_KEY',
  ])
    await expect(asked).rejects.toThrow(name);
});

test('--from is earliest, an offset, a time, or how long ago', () => {
  const from = (text: string) => pagerDutyOptions(['--from', text], 10_000_000).from;
  expect(['earliest', '42', '2026-01-05T10:00:00Z', '1h'].map(from)).toEqual([
    'earliest',
    { offset: 42 },
    { time: Date.UTC(2026, 0, 5, 10) },
    { time: 6_400_000 },
  ]);
});

test.each([[['x']], [['--from', 'latest']], [['--fast']]])('%j is wrong usage', (args) => {
  expect(() => pagerDutyOptions(args, 0)).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('the page about paging names every variable, with its default', () => {
  const page = readFileSync(new URL('../../../docs/paging.md', import.meta.url), 'utf8');
  const inHelp = [...PAGERDUTY_VARIABLES.matchAll(/^ {2}(PAGE\w+)/gm)].map(([, name = '']) => name);
  expect(inHelp.length).toBeGreaterThan(10);
  expect(inHelp.filter((name) => !page.includes(name))).toEqual([]);
  const { refractory, quiet, oldest, lactate, hypotension } = PAGE_POLICY;
  for (const row of [
    `| \`PAGE_REFRACTORY\` | ${refractory / 60_000}m |`,
    `| \`PAGE_QUIET\` | ${quiet / 3_600_000}h |`,
    `| \`PAGE_MAX_AGE\` | ${oldest / 3_600_000}h |`,
    `| \`PAGE_LACTATE\` | ${lactate} mmol/L |`,
    `| \`PAGE_HYPOTENSION\` | ${hypotension} mm[Hg] |`,
  ])
    expect(page).toContain(row);
});

test('the key of pseudonyms is read once, for all commands alike', () => {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, 'of the site\n');
  expect(pseudonymSecretIn({ PSEUDONYM_SECRET_FILE: file }, [])).toBe('of the site');
  expect(pseudonymSecretIn({ PSEUDONYM_SECRET: 'of the site' }, [])).toBe('of the site');
  expect(pseudonymSecretIn({}, [])).toBe(screeningRules().pseudonymSecret);
  const faults: string[] = [];
  pseudonymSecretIn({ PSEUDONYM_SECRET_FILE: '/nowhere' }, faults);
  expect(faults).toEqual([expect.stringMatching(/PSEUDONYM_SECRET_FILE names \/nowhere/)]);
});
