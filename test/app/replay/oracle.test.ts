import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  all,
  deadLetterDifference,
  episodeDifference,
  factDifference,
  fireDifference,
  stateDifference,
} from '../../oracle/comparison.ts';
import type { EpisodeLine, FactLine, FireLine, StateLine } from '../../oracle/results.ts';
import { jsonLinesOf, needs, sharedPath } from '../../oracle/shared-files.ts';
import { pidOf, synthetic } from '../../oracle/synthetic.ts';
import { classified, type ReplayRun, replayInto, workDirectory } from './replay-run.ts';

const directory = workDirectory();
const BASE = 'https://ehr.example.org/fhir';
const MRN = 'urn:oid:2.16.840.1.113883.19.5';

/** The Patient file that a hospital would have: the identifiers of all patients of the base. */
function patientFile(name: string): string {
  const facts = jsonLinesOf<FactLine>(sharedPath('oracle/synthetic', name, 'truth.jsonl.gz'));
  const bare = [...new Set(facts.map(({ pid }) => pid))].filter((pid) => !pid.includes('/'));
  const lines = bare.map((id) =>
    JSON.stringify({ resourceType: 'Patient', id, identifier: [{ system: MRN, value: `MRN-${id}` }] }),
  );
  const path = join(directory, `${name}.patients.ndjson`);
  writeFileSync(path, lines.join('\n'));
  return path;
}

type Named<T> = Omit<T, 'pid'> & { readonly patient: string };

const asOracle = <T>(rows: Named<T>[] | null, pid: (patient: string) => string = pidOf): T[] =>
  (rows ?? []).map((row): T => {
    const named: T = JSON.parse(JSON.stringify({ ...row, pid: pid(row.patient) }));
    return named;
  });

const episodes = (run: ReplayRun, pid?: (patient: string) => string): EpisodeLine[] =>
  asOracle<EpisodeLine>(run.lines('episodes'), pid);
const fires = (run: ReplayRun, pid?: (patient: string) => string): FireLine[] =>
  asOracle<FireLine>(run.lines('fires'), pid);

const RUNS = [
  ['seed7-small', 'as-is', 'any', '24h'],
  ['seed7-small', 'event-time', 'any', '24h'],
  ['seed7-small', 'reversed', 'latest', 'unlimited'],
  ['seed7-small', 'shuffled', 'any', 'unlimited'],
  // The longest delay of a record in it is ten hours: read faster than it was made, none may become late.
  ['seed20260105', 'as-is', 'any', '12h'],
  ['seed20260105', 'shuffled', 'latest', 'unlimited'],
] as const;

describe('a replay of a recorded stream writes what the oracle says', () => {
  test.for(RUNS)('%s, %s, %s, lateness %s', async ([name, order, rule, lateness], context) => {
    needs(context, 'oracle/synthetic', name);
    const stream = sharedPath('oracle/synthetic', name, 'stream.jsonl.gz');
    const wanted = synthetic(name);
    const options = ['--order', order, '--rule', rule, '--lateness', lateness, '--seed', '5', '--explain'];
    const out = join(directory, `${name}-${order}-${rule}`);
    const run = await replayInto(out, stream, '--base', BASE, '--patients', patientFile(name), ...options);
    const dead = (run.lines<{ offset: number }>('dead-letters') ?? []).map(({ offset }) => offset);
    const want = wanted[rule];
    expect(
      all(
        episodeDifference(episodes(run), want.episodes),
        fireDifference(fires(run), want.fires),
        stateDifference(asOracle<StateLine>(run.lines('states')), want.states),
        factDifference(asOracle<FactLine>(run.lines('facts')), wanted.facts),
        deadLetterDifference(dead, wanted.deadLetters),
      ),
    ).toBe('');
    expect(dead).toEqual(dead.toSorted((a, b) => a - b));
    expect(run.summary.records).toBe(wanted.records.length);
    expect(classified(run.summary)).toBe(run.summary.records);
    expect(run.summary.episodes).toBe(want.episodes.length);
    expect(run.summary.fires).toBe(want.fires.length);
  });
});

describe('a replay of MIMIC-III, four files merged by arrival', () => {
  test('with the default lateness: the oracle’s episodes, 71 suspected infections', async (context) => {
    needs(context, 'data/mimic-iii-demo/fhir');
    needs(context, 'oracle/mimic-iii-demo');
    const fhir = sharedPath('data/mimic-iii-demo/fhir');
    const topics = ['observation.vitals', 'observation.labs', 'encounter', 'medicationrequest'];
    const run = await replayInto(
      join(directory, 'mimic'),
      ...topics.map((topic) => join(fhir, `fhir.${topic}.ndjson.gz`)),
    );
    const patients = jsonLinesOf<{ id: string; identifier: { value: string }[] }>(
      join(fhir, 'patient.ndjson.gz'),
    );
    const numbers = new Map(
      patients.map(({ id, identifier }) => [`Patient/${id}`, identifier[0]?.value ?? '']),
    );
    const pid = (patient: string): string => numbers.get(patient) ?? patient;
    const wanted = sharedPath('oracle/mimic-iii-demo/mimic3demo-gcs-exclude.any');
    expect(
      all(
        episodeDifference(episodes(run, pid), jsonLinesOf<EpisodeLine>(`${wanted}.episodes.jsonl.gz`)),
        fireDifference(fires(run, pid), jsonLinesOf<FireLine>(`${wanted}.fires.jsonl.gz`)),
      ),
    ).toBe('');
    expect(run.summary).toMatchObject({
      records: 104_029,
      patients: 98,
      positivePatients: 83,
      suspectedInfections: 71,
      deadLettered: {},
    });
    expect(classified(run.summary)).toBe(run.summary.records);
  });
});
