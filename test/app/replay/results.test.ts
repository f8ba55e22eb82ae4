import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replayCommand } from '../../../app/replay/replay-command.ts';
import { Kept, replayInto, workDirectory } from './replay-run.ts';
import { gcs, recorded, respiratoryRate, systolic } from './vital-signs.ts';

const directory = workDirectory();

function input(name: string, ...lines: readonly string[]): string {
  const path = join(directory, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

const out = (name: string): string => join(directory, `out-${name}`);

/** RR and SBP meet at 08:00, GCS makes it three at 09:00. */
const EPISODE = [
  respiratoryRate('rr', '2026-01-05T07:30:00Z', 24),
  systolic('sbp', '2026-01-05T09:00:00+01:00', 90),
  gcs('gcs', '2026-01-05T09:00:00.000Z', 13),
];

describe('the results of a replay', () => {
  test('episodes and fires are folded from the alerts, in the fields and the form that are promised', async () => {
    const run = await replayInto(out('fold'), input('fold.ndjson', ...EPISODE), '--explain');
    const text = (name: string): string => readFileSync(join(out('fold'), name), 'utf8');
    expect(text('episodes.jsonl')).toBe(
      '{"patient":"Patient/p1","start":"2026-01-05T08:00:00.000Z","end":"2026-01-05T14:00:00.001Z","peak":3,"onset_met":["RR","SBP"]}\n',
    );
    expect(text('fires.jsonl')).toBe(
      '{"patient":"Patient/p1","t":"2026-01-05T08:00:00.000Z","score":2,"why":"onset","met":["RR","SBP"]}\n' +
        '{"patient":"Patient/p1","t":"2026-01-05T09:00:00.000Z","score":3,"why":"escalation","met":["GCS","RR","SBP"]}\n',
    );
    expect(text('facts.jsonl').split('\n')[0]).toBe(
      '{"patient":"Patient/p1","kind":"RR","t":"2026-01-05T07:30:00.000Z","value":24,"id":"rr"}',
    );
    expect(text('states.jsonl')).toBe(
      '{"patient":"Patient/p1","t":"2026-01-05T08:00:00.000Z","score":2,"met":["RR","SBP"]}\n' +
        '{"patient":"Patient/p1","t":"2026-01-05T09:00:00.000Z","score":3,"met":["GCS","RR","SBP"]}\n',
    );
    expect(Object.keys(run.summary)).toEqual(
      'records used ignored deadLettered patients positivePatients episodes fires escalations suspectedInfections pagesPerPatientDay seconds cpuSeconds recordsPerCpuSecond'.split(
        ' ',
      ),
    );
    // Two pages in one and a half hours of one patient.
    expect(run.summary).toMatchObject({ episodes: 1, fires: 2, escalations: 1, pagesPerPatientDay: 32 });
    expect(run.said).toContain('1 onset and 1 escalation');
  });

  test('every time in an alert is text, also nested, and a date is a date', async () => {
    const culture = JSON.stringify({
      resourceType: 'Observation',
      id: 'culture',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '600-7' }] },
      subject: { reference: 'Patient/p1' },
      effectiveDateTime: '2026-01-04',
    });
    const order = JSON.stringify({
      resourceType: 'MedicationRequest',
      id: 'order',
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: 'Vancomycin' },
      dosageInstruction: [{ route: { text: 'IV' } }],
      subject: { reference: 'Patient/p1' },
      authoredOn: '2026-01-05',
    });
    const run = await replayInto(out('alert'), input('alert.ndjson', culture, order, ...EPISODE));
    const alert = run.lines('alerts')?.at(-1);
    expect(alert).toMatchObject({
      patient: 'Patient/p1',
      start: '2026-01-05T08:00:00.000Z',
      end: '2026-01-05T14:00:00.001Z',
      eventTime: '2026-01-05T09:00:00.000Z',
      arrivalTime: null,
      suspectedInfection: { onsetDate: '2026-01-04', otherDate: '2026-01-05', antibiotic: 'Vancomycin' },
      trigger: { topic: 'fhir.observation.vitals', partition: 0, offset: 4 },
    });
    expect(alert?.['criteria']).toContainEqual(
      expect.objectContaining({
        criterion: 'RR',
        time: '2026-01-05T07:30:00.000Z',
        evidence: [
          expect.objectContaining({
            time: '2026-01-05T07:30:00.000Z',
            origin: { topic: 'fhir.observation.vitals', partition: 0, offset: 2 },
          }),
        ],
      }),
    );
    expect(run.summary.suspectedInfections).toBe(1);
  });

  test('an alert and a dead letter name topic, partition and offset of the recording', async () => {
    const place = { topic: 'hospital/feed', partition: 7 };
    const file = input(
      'places.jsonl',
      recorded(40, EPISODE[0] ?? '', place),
      recorded(41, '{broken', place),
      recorded(52, EPISODE[1] ?? '', place),
    );
    const run = await replayInto(out('places'), file);
    expect(run.lines('alerts')?.[0]).toMatchObject({ trigger: { ...place, offset: 52 } });
    expect(run.lines('dead-letters')).toEqual([
      { file, ...place, offset: 41, reason: 'not-json', detail: expect.any(String) },
    ]);
  });

  test('dead letters are by file as given and offset, those that only the fold finds among them', async () => {
    const late = respiratoryRate('late', '2026-01-03T07:00:00Z', 24);
    // Arrivals take turns between the files, so that both are open at once.
    const z = input(
      'z.jsonl',
      recorded(1, '{'),
      recorded(0, EPISODE[0] ?? ''),
      recorded(2, late),
      recorded(9, '{'),
    );
    const a = input(
      'a.ndjson',
      late,
      '{"resourceType":"Observation"',
      respiratoryRate('x', '2026-01-05', 20),
    );
    const run = await replayInto(out('order'), z, a);
    expect(
      run
        .lines<{ file: string; offset: number; reason: string }>('dead-letters')
        ?.map(({ file, offset, reason }) => [file === z ? 'z' : 'a', offset, reason]),
    ).toEqual([
      ['z', 1, 'not-json'],
      ['z', 2, 'late'],
      ['z', 9, 'not-json'],
      ['a', 1, 'not-json'],
      ['a', 2, 'imprecise-time'],
    ]);
    expect(run.summary.deadLettered).toEqual({ 'not-json': 3, 'imprecise-time': 1, late: 1 });
    // The first record of a.ndjson says no arrival, so it comes before the recording, and is not late yet.
    expect(run.summary).toMatchObject({ records: 7, used: 2, ignored: {} });
  });

  test('no ticks are written: an open episode stays raised, with its projected end', async () => {
    const run = await replayInto(out('ticks'), input('ticks.ndjson', ...EPISODE));
    expect(run.lines('alerts')?.map(({ status }) => status)).toEqual(['RAISED', 'ESCALATED']);
  });

  test('results replace those of an earlier run, and what this run has not is taken away', async () => {
    const directoryOfResults = out('again');
    mkdirSync(directoryOfResults);
    writeFileSync(join(directoryOfResults, 'notes.txt'), 'mine');
    const file = input('again.ndjson', ...EPISODE);
    await replayInto(directoryOfResults, file, '--explain');
    expect(readdirSync(directoryOfResults)).toHaveLength(8);
    await replayInto(directoryOfResults, file);
    expect(readdirSync(directoryOfResults)).toEqual([
      'alerts.jsonl',
      'dead-letters.jsonl',
      'episodes.jsonl',
      'fires.jsonl',
      'notes.txt',
      'summary.json',
    ]);
  });

  test('a replay that fails leaves the results of an earlier one as they were', async () => {
    await replayInto(out('failed'), input('good.ndjson', ...EPISODE));
    const before = readFileSync(join(out('failed'), 'summary.json'));
    await expect(replayInto(out('failed'), input('bad.ndjson', 'hello'))).rejects.toThrow(/holds no FHIR/);
    expect(readFileSync(join(out('failed'), 'summary.json'))).toEqual(before);
    expect(readdirSync(out('failed'))).toHaveLength(5);
  });

  test('without --out there is a summary and no file', async () => {
    const stdout = new Kept();
    const io = { stdout, stderr: new Kept(), environment: {} };
    expect(await replayCommand([input('summary.ndjson', ...EPISODE)], io)).toBe(0);
    expect(stdout.text).toMatch(/^Records +3 {2}read: 3 \(100 %\) used\n/);
    expect(stdout.text).toMatch(/^Pages +2 {2}1 onset and 1 escalation$/m);
  });

  test('twice the same input gives the same alerts, byte for byte', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => {
      const subject = { reference: `Patient/p${i % 7}` };
      const time = new Date(Date.UTC(2026, 0, 5, 0, i * 3)).toISOString();
      const more = { subject, issued: time };
      return i % 2 === 0
        ? respiratoryRate(`r${i}`, time, 18 + (i % 9), more)
        : systolic(`s${i}`, time, 95 + (i % 13), more);
    });
    const file = input('twice.ndjson', ...lines);
    await replayInto(out('first'), file);
    await replayInto(out('second'), file);
    for (const name of ['alerts.jsonl', 'episodes.jsonl']) {
      expect(readFileSync(join(out('first'), name))).toEqual(readFileSync(join(out('second'), name)));
    }
  });
});
