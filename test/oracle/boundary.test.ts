import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { qsofa, type TriggerSemantic } from '../../operators/clinical/qsofa.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { unlimited } from '../../topology/model/time.ts';
import { difference } from './comparison.ts';
import { foldAlerts } from './results.ts';
import { type FedRecord, run } from './screening-run.ts';
import { needs, sharedPath } from './shared-files.ts';

const DAY = Date.parse('2026-01-05T00:00:00Z');
const MINUTE = 60_000;

interface Episode {
  readonly startMinute: number;
  readonly endMsAfterStartOfDay: number;
  readonly peak: number;
}

interface Case {
  readonly name: string;
  readonly events: readonly {
    readonly minute: number;
    readonly kind: 'RR' | 'SBP' | 'GCS';
    readonly value: number;
  }[];
  readonly any: readonly Episode[];
  readonly latest: readonly Episode[];
}

/** A patient per case; the cases are told apart by the patient's number. */
const patientOf = (index: number): string => `Patient/case-${index}`;

const quantity = (value: number, code: string) => ({
  valueQuantity: { value, unit: code, system: 'http://unitsofmeasure.org', code },
});
const concept = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });

const MEASURED = {
  RR: (value: number) => ({ code: concept('9279-1'), ...quantity(value, '/min') }),
  SBP: (value: number) => ({
    code: concept('85354-9'),
    component: [{ code: concept('8480-6'), ...quantity(value, 'mm[Hg]') }],
  }),
  GCS: (value: number) => ({ code: concept('9269-2'), ...quantity(value, '{score}') }),
};

function recordsOf(cases: readonly Case[]): FedRecord[] {
  const records: FedRecord[] = [];
  for (const [index, { events }] of cases.entries()) {
    for (const { minute, kind, value } of events) {
      const resource = {
        resourceType: 'Observation',
        id: `o-${records.length}`,
        status: 'final',
        subject: { reference: patientOf(index) },
        effectiveDateTime: new Date(DAY + minute * MINUTE).toISOString(),
        ...MEASURED[kind](value),
      };
      records.push({
        topic: TOPIC.vitals,
        offset: records.length,
        key: Buffer.from(patientOf(index)),
        value: Buffer.from(JSON.stringify(resource)),
        arrival: undefined,
      });
    }
  }
  return records;
}

interface Line {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly peak: number;
}

test.for<[TriggerSemantic, 'as listed' | 'backwards']>([
  ['any', 'as listed'],
  ['any', 'backwards'],
  ['latest', 'as listed'],
  ['latest', 'backwards'],
])(
  'boundary cases, %s, %s: each patient has the episodes written by hand',
  async ([semantic, order], context) => {
    needs(context, 'oracle/boundary-cases.json');
    const cases: readonly Case[] = JSON.parse(readFileSync(sharedPath('oracle/boundary-cases.json'), 'utf8'));
    expect(cases).toHaveLength(14);
    const records = recordsOf(cases);
    const { alerts, deadLetters } = await run(order === 'backwards' ? records.toReversed() : records, {
      rules: screeningRules({ rule: { ...qsofa, semantic }, lateness: unlimited, trustTimestamp: false }),
      restarts: 'none',
      round: 1,
    });
    const got = foldAlerts(alerts).map(
      ({ patient, start, end, peak }): Line => ({
        name: cases[Number(patient.slice(patient.lastIndexOf('-') + 1))]?.name ?? patient,
        start: start - DAY,
        end: end - DAY,
        peak,
      }),
    );
    const want = cases.flatMap(({ name, [semantic]: episodes }) =>
      episodes.map(
        ({ startMinute, endMsAfterStartOfDay, peak }): Line => ({
          name,
          start: startMinute * MINUTE,
          end: endMsAfterStartOfDay,
          peak,
        }),
      ),
    );
    expect(
      difference('episodes', got, want, ({ name, start, end, peak }) =>
        JSON.stringify({ name, start, end, peak }),
      ),
    ).toBe('');
    expect(deadLetters).toEqual([]);
  },
);
