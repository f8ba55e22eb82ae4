import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ALERT_REASON_SYMBOLS,
  ALERT_STATUS_SYMBOLS,
  sepsisAlertSchema,
} from '../../../schemas/generated/sepsis-alert.ts';
import { KAFKA_ERRORS } from '../../../topology/model/error-table/kafka-errors.ts';
import { ERRORS } from '../../../topology/model/errors.ts';

const project = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(project, path), 'utf8');

const PAGES = ['docs/alerts-topic.md', 'docs/operation.md'] as const;

/** Words in the first column of the tables of a section. */
const namedIn = (page: string, section: string): string[] => {
  const text = page.split(`## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
  );
};

test.for(PAGES)('%s links to files that are there', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(1);
  expect(links.filter((link) => !existsSync(join(project, dirname(page), link)))).toEqual([]);
});

describe('docs/operation.md', () => {
  const page = read('docs/operation.md');

  test('names every event that `run` logs, and none that it does not', () => {
    const sources = [
      ...readdirSync(join(project, 'app/run')).map((name) => `app/run/${name}`),
      'app/http/operations.ts',
    ];
    const said = sources.flatMap((path) =>
      [...read(path).matchAll(/\bsay\('([a-z-]+)'/g)].map(([, event]) => event),
    );
    expect(said.length).toBeGreaterThan(12);
    expect(new Set(namedIn(page, 'Log lines'))).toEqual(new Set(said));
  });

  test('explains every code of Kafka, and none that there is not', () => {
    const named = namedIn(page, 'Codes');
    expect(named.filter((code) => !(code in ERRORS))).toEqual([]);
    expect(Object.keys(KAFKA_ERRORS).filter((code) => !named.includes(code))).toEqual([]);
  });

  test('has the sections that messages send their readers to', () => {
    const mends = Object.values(ERRORS).map(({ mend }) => mend);
    const sections = mends.flatMap((mend) => /docs\/operation\.md, (\w+)/.exec(mend)?.[1] ?? []);
    expect(sections).toContain('Partitions');
    for (const section of sections) expect(page).toContain(`\n## ${section}\n`);
  });
});

describe('docs/alerts-topic.md', () => {
  const page = read('docs/alerts-topic.md');

  test('says what each status and each reason means', () => {
    for (const word of [...ALERT_STATUS_SYMBOLS, ...ALERT_REASON_SYMBOLS])
      expect(page).toContain(`\`${word}\``);
  });

  test('names no field that there is not', () => {
    const fields = new Set([...sepsisAlertSchema.matchAll(/"name":\s*"(\w+)"/g)].map(([, name]) => name));
    const named = namedIn(page, 'The fields that are easily misread').map((word) =>
      word.replace('criteria[].', ''),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((field) => !fields.has(field))).toEqual([]);
  });
});
