import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EpisodeFold } from '../../../app/replay/episode-fold.ts';
import { eventTimeOf } from '../../../app/replay/event-time.ts';
import { OutputDirectory } from '../../../app/replay/output-directory.ts';
import { ROUND_BYTES, ROUND_RECORDS, rounds } from '../../../app/replay/rounds.ts';
import { SortedLines } from '../../../app/replay/sorted-lines.ts';
import { Sources } from '../../../app/replay/sources.ts';
import type { FeedRecord } from '../../../connectors/files/feed-record.ts';
import type { ScoreChange, SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { workDirectory } from './replay-run.ts';

const directory = workDirectory();

const record = (more: Partial<FeedRecord> = {}): FeedRecord => ({
  file: 'a',
  topic: 'fhir.observation.vitals',
  partition: 0,
  offset: 0,
  arrival: undefined,
  key: null,
  value: null,
  target: 'fhir.observation.vitals',
  ...more,
});

describe('lines sorted by file and offset', () => {
  test('are what a sort in memory gives, however many runs are put aside', () => {
    const entries = fc.array(fc.tuple(fc.nat(3), fc.nat(50), fc.string({ unit: 'grapheme' })), {
      maxLength: 60,
    });
    let n = 0;
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 9 }), (rows, runLines) => {
        const output = new OutputDirectory(join(directory, `sorted-${n++}`));
        const sorted = new SortedLines(output, 'lines', runLines);
        const lines = rows.map(([file, offset, text], i) => ({
          file,
          offset,
          line: JSON.stringify([file, offset, i, text]),
        }));
        for (const { file, offset, line } of lines) sorted.add(file, offset, line);
        const wanted = lines
          .toSorted((a, b) => a.file - b.file || a.offset - b.offset)
          .map(({ line }) => line);
        expect([...sorted.lines()]).toEqual(wanted);
        output.discard();
      }),
      { numRuns: 60 },
    );
  });
});

describe('the places of an input', () => {
  test('an origin is found again by file, topic, partition and offset', () => {
    const sources = new Sources(['b', 'a']);
    const records = [
      record(),
      record({ file: 'b' }),
      record({ topic: null, offset: 7 }),
      record({ topic: 'x/y', partition: 3, offset: 9 }),
      record({ offset: 2 }),
    ];
    const found = records.map((one) => {
      const [topic = '', partition, offset] = sources.originText(one).split('/');
      const origin = { topic, partition: Number(partition), offset: Number(offset) };
      const { file, fileIndex } = sources.placeOf(origin);
      return { file, fileIndex, ...sources.original(origin) };
    });
    expect(found).toEqual([
      { file: 'a', fileIndex: 1, topic: 'fhir.observation.vitals', partition: 0, offset: 0 },
      { file: 'b', fileIndex: 0, topic: 'fhir.observation.vitals', partition: 0, offset: 0 },
      { file: 'a', fileIndex: 1, topic: 'fhir.observation.vitals', partition: 0, offset: 7 },
      { file: 'a', fileIndex: 1, topic: 'x/y', partition: 3, offset: 9 },
      { file: 'a', fileIndex: 1, topic: 'fhir.observation.vitals', partition: 0, offset: 2 },
    ]);
    expect(sources.placeOf({ partition: 2 }).topic).toBeNull();
  });
});

describe('rounds', () => {
  async function* feedOf(records: readonly FeedRecord[]): AsyncGenerator<readonly FeedRecord[]> {
    for (let i = 0; i < records.length; i += 1_000) yield await Promise.resolve(records.slice(i, i + 1_000));
  }
  const sizes = async (records: readonly FeedRecord[]): Promise<number[]> => {
    const found: number[] = [];
    for await (const round of rounds(feedOf(records))) found.push(round.length);
    return found;
  };

  test('are cut at the number of records', async () => {
    const records = Array.from({ length: 2 * ROUND_RECORDS + 5 }, () => record());
    expect(await sizes(records)).toEqual([ROUND_RECORDS, ROUND_RECORDS, 5]);
  });

  test('are cut at their bytes, and one record may be larger than that', async () => {
    const value = Buffer.alloc(ROUND_BYTES / 2);
    const large = Buffer.alloc(ROUND_BYTES + 1);
    expect(await sizes([value, value, value, large, large].map((one) => record({ value: one })))).toEqual([
      2, 2, 1,
    ]);
    expect(await sizes([])).toEqual([]);
  });
});

describe('the event time that an order is made of', () => {
  const CASES: readonly (readonly [string, object, string | undefined])[] = [
    [
      'effectiveDateTime',
      { resourceType: 'Observation', effectiveDateTime: '2026-01-05T09:00:00+01:00' },
      '2026-01-05T08:00:00Z',
    ],
    [
      'the end of effectivePeriod',
      {
        resourceType: 'Observation',
        effectivePeriod: { start: '2026-01-05T07:00:00Z', end: '2026-01-05T08:00:00Z' },
      },
      '2026-01-05T08:00:00Z',
    ],
    [
      'issued where there is nothing else',
      { resourceType: 'Observation', issued: '2026-01-05T08:00:00Z' },
      '2026-01-05T08:00:00Z',
    ],
    [
      'a date: its midnight',
      { resourceType: 'Observation', effectiveDateTime: '2026-01-05' },
      '2026-01-05T00:00:00Z',
    ],
    [
      'authoredOn of an order',
      { resourceType: 'MedicationRequest', authoredOn: '2026-01-05' },
      '2026-01-05T00:00:00Z',
    ],
    [
      'the start of an encounter',
      { resourceType: 'Encounter', period: { start: '2026-01-05T08:00:00Z', end: '2026-01-07T08:00:00Z' } },
      '2026-01-05T08:00:00Z',
    ],
    ['none', { resourceType: 'Observation' }, undefined],
    ['none that can be read', { resourceType: 'Observation', effectiveDateTime: 'yesterday' }, undefined],
    ['none of what is no FHIR', [1], undefined],
  ];
  test.for(CASES)('%s', ([, resource, time]) => {
    const wanted = time === undefined ? undefined : Date.parse(time);
    expect(eventTimeOf(Buffer.from(JSON.stringify(resource)))).toBe(wanted);
  });
});

describe('the fold of the alerts topic', () => {
  const change = (t: number, score: number, ...met: ScoreChange['met']): ScoreChange => ({ t, score, met });
  const alert = (
    alertId: string,
    status: SepsisAlert['status'],
    history: readonly ScoreChange[],
    patient = 'b',
  ): SepsisAlert => ({
    alertId,
    status,
    history,
    patient,
    start: history[0]?.t ?? 0,
    end: 9_000,
    peak: 3,
    encounter: null,
    rule: 'qsofa',
    ruleVersion: '1',
    semantic: 'ANY',
    reason: 'ONSET',
    survivorAlertId: null,
    score: 2,
    windowStart: 0,
    windowEnd: 0,
    historyDropped: 0,
    criteria: [],
    missing: [],
    current: { score: 2, met: [] },
    suspectedInfection: null,
    lactate: null,
    encounterDetail: null,
    evidenceCapped: 0,
    eventTime: 0,
    arrivalTime: null,
    processingTime: 0,
    trigger: null,
  });

  test('keeps the last record of an alert, and nothing of a retracted one', () => {
    const fold = new EpisodeFold();
    fold.add(alert('one', 'RAISED', [change(5, 2, 'SBP', 'RR')]));
    fold.add(alert('gone', 'RAISED', [change(1, 2, 'GCS', 'RR')]));
    fold.add(alert('gone', 'RETRACTED', [change(1, 2, 'GCS', 'RR')]));
    fold.add(alert('one', 'UPDATED', [change(4, 2, 'SBP', 'GCS')]));
    fold.add(alert('other', 'RESOLVED', [change(9, 2, 'GCS', 'RR')], 'a'));
    expect(
      [...fold.episodes()].map(({ patient, start, onset_met }) => [patient, Date.parse(start), onset_met]),
    ).toEqual([
      ['a', 9, ['GCS', 'RR']],
      ['b', 4, ['GCS', 'SBP']],
    ]);
    expect(fold.counts).toEqual({ positivePatients: 2, episodes: 2, fires: 2, escalations: 0 });
  });

  test('fires at the onset and wherever the score is higher than ever before in the episode', () => {
    const fold = new EpisodeFold();
    const scores = [
      change(1, 2, 'RR', 'GCS'),
      change(2, 2, 'RR', 'SBP'),
      change(3, 3, 'SBP', 'RR', 'GCS'),
      change(4, 2, 'RR', 'SBP'),
      change(5, 3, 'SBP', 'RR', 'GCS'),
    ];
    fold.add(alert('one', 'RAISED', scores));
    expect([...fold.fires()].map(({ t, score, why, met }) => [Date.parse(t), score, why, met])).toEqual([
      [1, 2, 'onset', ['GCS', 'RR']],
      [3, 3, 'escalation', ['GCS', 'RR', 'SBP']],
    ]);
  });
});
