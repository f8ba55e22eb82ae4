import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { feverRuns, runs, topics } from '../../examples/fever-runs.ts';
import type { CodeMap } from '../../operators/clinical/codes.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import { minutes } from '../../topology/model/time.ts';
import { topologyTestDriver } from '../../topology/testing/testing.ts';
import { blocksOf, regionOf } from './quoted-blocks.ts';

// #region driver
test('a run is counted', async () => {
  const driver = topologyTestDriver(feverRuns, { partitions: 3, instances: 2 });
  await driver.pipe(topics.lines, { value: 'ann 38.5' });
  await driver.run();
  expect(driver.readValues(topics.runs)).toEqual([1]); // what was written since the last read
  expect(driver.deadLetters()).toEqual([]); // each with reason, step and the original bytes
  expect(driver.state(runs, 'ann')).toBe(1); // the state of a key
  await driver.tick(minutes(1)); // time passes
  driver.crash(); // as kill -9
  driver.restart(); // begins anew from the log
  await driver.close();
});
// #endregion

// #region rules
const usual = screeningRules();
const codes: CodeMap = new Map([...usual.codes, ['urn:our-codes', new Map([['SBP', 'systolic' as const]])]]);
const rule = { ...usual.rule, version: '1-ours', gcsBelow: 14 };
const rules = screeningRules({ rule, codes });
// #endregion

test('what a site sets is set, and the rest is as usual', () => {
  expect(rules).toEqual({ ...usual, rule, codes });
  expect(rules.codes.get('urn:our-codes')?.get('SBP')).toBe('systolic');
  expect(rules.codes.get('http://loinc.org')).toBe(usual.codes.get('http://loinc.org'));
});

test('docs/operators.md shows these lines as they stand here', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/operators.md'), 'utf8');
  const own = 'test/examples/operators-page.test.ts';
  const here = readFileSync(import.meta.filename, 'utf8');
  const shown = blocksOf(page).map(({ source, code }) => [source?.file, source?.region, code]);
  expect(shown).toEqual(['driver', 'rules'].map((region) => [own, region, regionOf(here, region)]));
});
