import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FeedRecord } from '../../connectors/files/feed-record.ts';
import { type Classed, classesOf, classOf, recordsIn, tally } from './classes.ts';
import { isPresent, needs, sharedPath } from './shared-files.ts';

const HL7 = 'data/hl7-r4-examples';

const filesIn = (directory: string): string[] =>
  readdirSync(sharedPath(directory))
    .filter((name) => /\.json(?:\.gz)?$/.test(name) && name !== 'package.json')
    .toSorted()
    .map((name) => sharedPath(directory, name));

const typeOf = ({ value }: FeedRecord): string => {
  const { resourceType }: { resourceType?: string } = JSON.parse(Buffer.from(value ?? []).toString());
  return resourceType ?? '';
};

/** Each record has come to an end that has a reason, and none of them is a fault of ours. */
function expectNothingLost(records: readonly FeedRecord[], classed: readonly Classed[]): void {
  expect(classed.filter(({ outcomes }) => outcomes.length === 0).map(({ record }) => record.offset)).toEqual(
    [],
  );
  const counts = tally(classed);
  expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(records.length);
  expect(Object.keys(counts).filter((name) => /lost|step-failed|without a reason/.test(name))).toEqual([]);
}

test.for<readonly [directory: string, bundles: number, panels: number, encounters: number]>([
  ['synthea-iris', 8, 62, 190],
  ['synthea-smart-r4', 24, 493, 755],
])(
  '%s: of %i Bundles nothing is lost; each pressure panel and each encounter becomes an event',
  async ([directory, bundles, panels, encounters], context) => {
    needs(context, 'data', directory);
    const files = filesIn(`data/${directory}`);
    expect(files).toHaveLength(bundles);
    const records = await recordsIn(files);
    const classed = await classesOf(records);
    expectNothingLost(records, classed);
    const becoming = (outcome: string): number =>
      classed.filter(({ outcomes }) => outcomes.includes(outcome)).length;
    expect([becoming('used: VITAL_SIGNS'), becoming('used: ENCOUNTER')]).toEqual([panels, encounters]);
    // Years of history in one Bundle are not in order; what is late is said to be so, and is the only thing refused.
    const refused = Object.keys(tally(classed)).filter((name) => name.startsWith('dead letter'));
    expect(refused.filter((name) => name !== 'dead letter: late')).toEqual([]);
    const ignored = classed.filter((one) => classOf(one) === 'ignored: resource-type');
    const read = ['Observation', 'Encounter', 'MedicationRequest', 'DiagnosticReport', 'ServiceRequest'];
    expect(ignored.filter(({ record }) => read.includes(typeOf(record)))).toEqual([]);
  },
);

describe('HL7 R4 examples', () => {
  let classed: readonly Classed[] = [];
  let records: readonly FeedRecord[] = [];

  beforeAll(async () => {
    if (!isPresent(HL7)) return;
    records = await recordsIn(filesIn(HL7));
    classed = await classesOf(records);
  });

  test('of 255 files, Bundles among them, nothing is lost', (context) => {
    needs(context, HL7);
    expect(filesIn(HL7)).toHaveLength(255);
    expectNothingLost(records, classed);
  });

  test.for<readonly [file: string, ending: string]>([
    // Conformant vital signs with a date only: of no use in a window of hours.
    ['respiratory-rate', 'dead letter: imprecise-time'],
    ['blood-pressure', 'dead letter: imprecise-time'],
    ['blood-pressure-dar', 'dead letter: imprecise-time'],
    ['heart-rate', 'ignored: code'],
    ['body-temperature', 'ignored: code'],
    ['blood-pressure-cancel', 'ignored: status-cancelled'],
    ['glasgow', 'used: VITAL_SIGNS'],
    ['gcs-qa', 'used: VITAL_SIGNS'],
    ['vitals-panel', 'ignored: code'],
    ['f202', 'ignored: code'],
    ['f206', 'used: CULTURE'],
    ['trachcare', 'ignored: code'],
    ['herd1', 'ignored: code'],
    ['1minute-apgar-score', 'ignored: code'],
    ['10minute-apgar-score', 'ignored: code'],
    ['satO2', 'ignored: code'],
  ])('Observation-%s.json: %s', ([file, ending], context) => {
    needs(context, HL7);
    const own = classed.filter(({ record }) => basename(record.file) === `Observation-${file}.json`);
    expect(own.map(classOf)).toEqual([ending]);
  });

  test.for<readonly [file: string, ending: string]>([
    ['trachcare', 'ignored: focus'],
    ['herd1', 'ignored: subject-not-patient'],
    ['1minute-apgar-score', 'dead letter: contained-subject'],
    ['vitals-panel', 'dead letter: imprecise-time'],
    ['satO2', 'dead letter: unknown-unit'],
    // Entered in error: it withdraws, and needs neither a time nor a value for that.
    ['f202', 'used: withdrawal'],
  ])('Observation-%s.json, were it a respiratory rate: %s', async ([file, ending], context) => {
    needs(context, HL7);
    const [original] = await recordsIn([sharedPath(HL7, `Observation-${file}.json`)]);
    const resource: Record<string, unknown> = JSON.parse(Buffer.from(original?.value ?? []).toString());
    resource['code'] = { coding: [{ system: 'http://loinc.org', code: '9279-1' }] };
    const changed =
      original === undefined ? [] : [{ ...original, value: Buffer.from(JSON.stringify(resource)) }];
    const [only] = await classesOf(changed);
    expect(only === undefined ? '' : classOf(only)).toBe(ending);
  });

  test('the questionnaire that lists the GCS answers, Flags, RiskAssessments and Provenance are of other types', (context) => {
    needs(context, HL7);
    const others = /^(?:Questionnaire|Flag|RiskAssessment|Provenance|AuditEvent|Communication)-/;
    const own = classed.filter(({ record }) => others.test(basename(record.file)));
    expect(own.length).toBeGreaterThan(20);
    expect([...new Set(own.map(classOf))]).toEqual(['ignored: resource-type']);
  });
});
