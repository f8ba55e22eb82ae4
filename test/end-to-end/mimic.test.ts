import { expect, type TestContext, test } from 'vitest';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { until } from '../app/run/real-ward.ts';
import { alertsDiffer } from '../oracle/against.ts';
import { type Mimic, mimic } from '../oracle/mimic.ts';
import { type MimicResults, mimicResults } from '../oracle/mimic-results.ts';
import { jsonLinesOf, needs, sharedPath } from '../oracle/shared-files.ts';
import type { Incident } from '../servers/pagerduty/incidents.ts';
import { type Round, roundsOf, vitalSign } from './course.ts';
import { type HeldResource, heldDiffer, heldOn, put } from './fhir-verdict.ts';
import { pagesDiffer, pagesOf } from './pages-verdict.ts';
import { WholePath } from './whole-path.ts';

const path = new WholePath();

/** A patient of the test's own, whose only episode is taken back. */
const CORRECTED = 'Patient/end-to-end-corrected';
const AT = Date.parse('2150-01-01T00:00:00Z');

interface Outcome {
  readonly alerts: readonly SepsisAlert[];
  readonly incidents: readonly Incident[];
  readonly held: readonly HeldResource[];
  readonly codes: readonly (number | null)[];
  readonly pidOf: Mimic['pidOf'];
  readonly any: MimicResults['any'];
}

let made: Promise<Outcome> | undefined;

function outcome(context: TestContext): Promise<Outcome> {
  for (const name of ['data/mimic-iii-demo', 'oracle/mimic-iii-demo']) needs(context, name);
  made ??= carriedOut();
  return made;
}

const published = (lines: Round): Promise<void> => Promise.resolve(path.publish(lines));

/** What is killed in which round, behind the first: those that hold most. */
const KILLS: readonly ((lines: Round) => Promise<void>)[] = [
  (lines) => path.publishTorn(lines),
  (lines) => path.publishKilling('run-a', lines),
  (lines) => path.publishKilling('run-b', lines),
  (lines) => path.publishKillingPager(lines),
];

type Named = Readonly<{ resourceType: string; id: string }>;

async function carriedOut(): Promise<Outcome> {
  const recording = mimic();
  const { any } = mimicResults();
  const { pidOf } = recording;
  const rounds = roundsOf(recording, any);
  const fhirFile = (name: string): Named[] => jsonLinesOf(sharedPath('data/mimic-iii-demo/fhir', name));
  const patients = fhirFile('patient.ndjson.gz');
  await put(path.fhir, [...patients, { resourceType: 'Patient', id: CORRECTED.slice('Patient/'.length) }]);
  await put(path.fhir, fhirFile('fhir.encounter.ndjson.gz'));
  path.launch('run-a', 'run-b', 'pagerduty');
  const sign = { subject: CORRECTED, time: AT } as const;
  const low = { ...sign, id: 'corrected-sbp', sign: 'SBP', value: 80 } as const;
  const [first = [], ...others] = rounds;
  path.publish([...first, vitalSign({ ...sign, id: 'corrected-rr', sign: 'RR', value: 30 }), vitalSign(low)]);
  await path.paged();
  for (const [i, lines] of others.entries()) {
    await (KILLS[i] ?? published)(lines);
    await path.paged();
  }
  path.publish([vitalSign({ ...low, status: 'entered-in-error', versionId: '2' })]);
  await path.paged();
  // A FHIR server is slower than all the others: what waits for it by now is the last record of each alert.
  const subjects = new Set([CORRECTED, ...patients.map(({ id }) => `Patient/${id}`)]);
  path.launch('ehr');
  await until(async () => ((await heldOn(path.fhir, subjects)).length > 0 ? true : undefined));
  await path.kill('ehr');
  await path.written();
  const codes = await path.end();
  const held = await heldOn(path.fhir, subjects);
  return {
    alerts: await path.alerts(),
    incidents: structuredClone(path.server.incidents.all),
    held,
    codes,
    pidOf,
    any,
  };
}

test('the folded alerts are the episodes of the oracle', async (context) => {
  const { alerts, codes, pidOf, any } = await outcome(context);
  expect(any.episodes).toHaveLength(510);
  expect(alertsDiffer({ alerts }, pidOf, any)).toBe('');
  expect(codes).toEqual([0, 0, 0, 0]);
});

const CORRECTED_PAGE = {
  pid: CORRECTED,
  start: new Date(AT).toISOString(),
  cause: 'onset',
  status: 'resolved',
} as const;

function pages({ alerts, pidOf, any }: Outcome, incidents: readonly Incident[]): string {
  const { must, may } = pagesOf(any.episodes, any.fires);
  return pagesDiffer(incidents, alerts, pidOf, { must: [...must, CORRECTED_PAGE], may });
}

test('each episode and each rise was paged once, and taken back once', async (context) => {
  const all = await outcome(context);
  expect(pages(all, all.incidents)).toBe('');
});

test('the EHR holds one score and one risk of each episode', async (context) => {
  const { held, alerts, pidOf, any } = await outcome(context);
  expect(heldDiffer(held, alerts, pidOf, { episodes: any.episodes, withdrawn: [CORRECTED] })).toBe('');
});

test('a page that is missing, one that came twice, and two that were mixed up are seen', async (context) => {
  const all = await outcome(context);
  const [one, two] = all.incidents.filter(({ key }) => !key.includes(':'));
  if (one === undefined || two === undefined) throw new Error('no pages');
  const others = all.incidents.filter((incident) => incident !== one && incident !== two);
  expect(pages(all, [one, two, ...others])).toBe('');
  const [missing, doubled] = [/1 missing \(-\), 0 too much/, /0 missing \(-\), 1 too much/];
  expect(pages(all, [two, ...others])).toMatch(missing);
  expect(pages(all, [one, one, two, ...others])).toMatch(doubled);
  const swapped = [
    { ...one, key: two.key },
    { ...two, key: one.key },
  ];
  expect(pages(all, [...swapped, ...others])).toMatch(/2 missing \(-\), 2 too much/);
  expect(pages(all, [{ ...one, status: 'triggered' }, two, ...others])).toMatch(
    /1 missing \(-\), 1 too much/,
  );
});

test('a resource that is missing, one of an old state, and one that is not withdrawn are seen', async (context) => {
  const { held, alerts, pidOf, any } = await outcome(context);
  const differs = (some: readonly HeldResource[]): string =>
    heldDiffer(some, alerts, pidOf, { episodes: any.episodes, withdrawn: [CORRECTED] });
  const [one, ...others] = held.filter(({ status }) => status === 'amended');
  const withdrawn = held.filter(({ status }) => status === 'entered-in-error');
  if (one === undefined) throw new Error('nothing is held');
  expect(differs([...others, ...withdrawn])).toMatch(/1 missing \(-\), 0 too much/);
  expect(differs([{ ...one, status: 'final' }, ...others, ...withdrawn])).toMatch(
    /1 missing \(-\), 1 too much/,
  );
  expect(differs([one, ...others])).toMatch(/2 missing \(-\), 0 too much/);
});
