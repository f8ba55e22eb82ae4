import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../../topology/model/errors.ts';

const project = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(project, path), 'utf8');
const sourcesIn = (...rooms: readonly string[]): string =>
  globSync(
    rooms.map((room) => `${room}/**/*.ts`),
    { cwd: project },
  )
    .map(read)
    .join('\n');

/** What stands in quotes behind this, each once. */
const saidIn = (text: string, before: RegExp): string[] => [
  ...new Set(
    [...text.matchAll(new RegExp(`${before.source}'([a-z][a-z-]+)'`, 'g'))].map(([, word = '']) => word),
  ),
];
const untold = (words: readonly string[], page: string): string[] =>
  words.filter((word) => !read(page).includes(`\`${word}\``));
const codes = (beginning: RegExp): string[] => Object.keys(ERRORS).filter((code) => beginning.test(code));

describe('whoever reads a log, a metric or a dead letter finds in the docs', () => {
  test.for([
    ['docs/paging.md', /^pagerduty-|^pages-/],
    ['docs/ehr.md', /^fhir-(?!read|search)/],
    ['docs/publishing.md', /^fhir-read|^fhir-search|^cursor-|^publisher-full|^resource-/],
    ['docs/operation.md', /registry/],
  ] as const)('%s: each code of the table of errors', ([page, beginning]) => {
    expect(codes(beginning).length).toBeGreaterThan(1);
    expect(untold(codes(beginning), page)).toEqual([]);
  });

  test.for([
    ['docs/paging.md', ['app/pagerduty', 'app/sinks', 'app/http']],
    ['docs/publishing.md', ['app/publish']],
  ] as const)('%s: each line that is logged', ([page, rooms]) => {
    const said = saidIn(sourcesIn(...rooms), /\bsay\(/);
    expect(said.length).toBeGreaterThan(5);
    expect(untold(said, page)).toEqual([]);
  });

  test('why a record is ignored or a dead letter', () => {
    const rooms = ['operators', 'schemas', 'connectors/sink', 'connectors/ehr'];
    const said = saidIn(sourcesIn(...rooms), /(?:new (?:Ignored|DeadLetter)\(|\b(?:dead|ignored|reason): )/);
    expect(said.length).toBeGreaterThan(15);
    expect(untold(said, 'docs/dead-letters.md')).toEqual([]);
  });
});
