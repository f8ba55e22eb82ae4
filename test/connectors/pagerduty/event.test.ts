import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dangerOf } from '../../../connectors/pagerduty/danger.ts';
import type { Resolve, Trigger } from '../../../connectors/pagerduty/decided.ts';
import { type PageContent, resolveEvent, triggerEvent } from '../../../connectors/pagerduty/event.ts';
import { PAGE_POLICY } from '../../../connectors/pagerduty/page-policy.ts';
import type { PageCause } from '../../../connectors/pagerduty/patient-pages.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { faultsOf } from '../../servers/pagerduty/event-rules.ts';
import { alertOf, criterion, escalated, LOW, lactateOf, recordOf } from './alerts.ts';

const GOLDEN = fileURLToPath(new URL('../../golden/pagerduty/', import.meta.url));
const ROUTING = 'r'.repeat(32);

const MINIMAL: PageContent = {
  details: 'minimal',
  places: 'ehr',
  link: 'https://alerts.example.org/{alertId}',
  severity: { usual: 'error', worse: 'critical' },
};

const { link: _link, ...WITHOUT_LINK }: PageContent = MINIMAL;

function triggerOf(alert: SepsisAlert, reason: PageCause = 'onset', alias = 'default'): Trigger {
  const record = recordOf(alert, 0);
  return { kind: 'trigger', key: alert.alertId, alias, reason, danger: dangerOf(alert, PAGE_POLICY), record };
}

const resolveOf = (alert: SepsisAlert): Resolve => ({
  kind: 'resolve',
  key: `${alert.alertId}:3`,
  alias: 'default',
  reason: 'window-emptied',
  record: recordOf(alert, 0),
});

const KINDS: Readonly<Record<string, object>> = {
  onset: triggerEvent(triggerOf(alertOf()), MINIMAL),
  'onset-all-criteria': triggerEvent(triggerOf(escalated()), MINIMAL),
  'score-rise': triggerEvent(triggerOf(escalated(), 'score'), MINIMAL),
  'lactate-high': triggerEvent(triggerOf(alertOf(lactateOf(4.2)), 'lactate'), MINIMAL),
  hypotension: triggerEvent(triggerOf(alertOf(LOW), 'hypotension'), MINIMAL),
  'still-positive': triggerEvent(triggerOf(alertOf(), 'again'), MINIMAL),
  'preliminary-and-assumed-unit': triggerEvent(
    triggerOf(
      alertOf({
        criteria: [
          criterion('GCS', 15, false),
          { ...criterion('RR', 24, true), preliminary: true },
          { ...criterion('SBP', 96, true), unitAssumed: true },
        ],
        missing: [],
      }),
    ),
    MINIMAL,
  ),
  'nothing-known-of-the-stay': triggerEvent(
    triggerOf(alertOf({ encounter: null, encounterDetail: null })),
    WITHOUT_LINK,
  ),
  'listed-unit': triggerEvent(triggerOf(alertOf(), 'onset', '5 West'), { ...MINIMAL, places: 'listed' }),
  'with-values': triggerEvent(triggerOf(alertOf({ ...LOW, ...lactateOf(4.2) })), {
    ...MINIMAL,
    details: 'values',
  }),
  resolve: resolveEvent(resolveOf(alertOf())),
};

describe('what leaves for PagerDuty', () => {
  test.each(Object.entries(KINDS))('%s', (name, event) => {
    const file = `${GOLDEN}${name}.json`;
    const text = `${JSON.stringify(event, undefined, 2)}\n`;
    if (process.env['UPDATE_GOLDEN'] !== undefined) {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(file, text);
    }
    expect(text).toBe(readFileSync(file, 'utf8'));
    // And PagerDuty takes it.
    expect(faultsOf(JSON.stringify({ routing_key: ROUTING, ...event }))).toEqual([]);
  });
});

const CANARIES = ['Jane Roe', 'MRN-4711', '1961-03-04', 'p-secret', 'e-secret', 'o-secret'];

/** An alert with what may name a patient wherever a source can write a text. */
const named = (location: string | null): SepsisAlert =>
  alertOf({
    patient: 'https://ehr/Patient/p-secret-MRN-4711',
    encounter: 'https://ehr/Encounter/e-secret',
    criteria: [
      {
        ...criterion('RR', 24, true),
        observationId: 'o-secret Jane Roe',
        code: 'Jane Roe',
        unit: 'Jane Roe',
      },
      {
        ...criterion('SBP', 96, true),
        evidence: [
          {
            observationId: 'o-secret',
            version: 1,
            time: 0,
            value: 96,
            origin: { topic: 'Jane Roe', partition: 0, offset: 0 },
          },
        ],
      },
    ],
    suspectedInfection: {
      onsetDate: 1,
      rule: 'CULTURE_THEN_ANTIBIOTIC',
      otherDate: 2,
      antibiotic: 'for Jane Roe, 1961-03-04',
    },
    lactate: { value: 5, time: 0, observationId: 'o-secret' },
    encounterDetail: {
      id: 'https://ehr/Encounter/e-secret',
      class: 'Jane Roe',
      start: 0,
      end: null,
      location,
    },
    trigger: { topic: 'MRN-4711', partition: 0, offset: 0 },
  });

describe('names nobody', () => {
  test.each([
    'Bed of MRN-4711',
    'Room 12 (1961-03-04)',
    'https://ehr/Location/p-secret',
    'E-SECRET',
    'Box 0049 1234567',
    'x'.repeat(200),
    'Bett\nJane Roe',
    'jane.roe@example.org',
    null,
  ])('whatever the EHR calls the place: %j', (location) => {
    const text = JSON.stringify(triggerEvent(triggerOf(named(location), 'onset', '5 West'), MINIMAL));
    for (const canary of CANARIES) expect(text).not.toContain(canary);
    expect(text).toContain('"component":"5 West"');
    // A place that the site has not listed is left out.
    expect(JSON.stringify(triggerEvent(triggerOf(named(location)), MINIMAL))).not.toContain('component');
  });

  test('and a name, where only listed places may leave', () => {
    const listed = { ...MINIMAL, places: 'listed' } as const;
    expect(JSON.stringify(triggerEvent(triggerOf(named('Jane Roe')), listed))).not.toContain('Jane');
  });

  test('unless values are asked for', () => {
    const text = JSON.stringify(triggerEvent(triggerOf(named('5 West')), { ...MINIMAL, details: 'values' }));
    for (const canary of ['p-secret', 'e-secret']) expect(text).toContain(canary);
  });
});

test.each([
  '5 West, bed 12',
  'ICU-3',
  'Notaufnahme (Raum 4)',
  'Chirurgie 2. Stock',
  'Bloc opératoire #2',
  'Med/Surg 4 & 5',
])('a place stays as it is: %s', (location) => {
  const event = triggerEvent(triggerOf(named(location)), MINIMAL);
  expect(JSON.stringify(event)).toContain(`"component":${JSON.stringify(location)}`);
});

test('whatever an alert holds, PagerDuty takes the event', () => {
  const text = fc.string({ unit: 'binary', maxLength: 1_200 });
  fc.assert(
    fc.property(
      text,
      text,
      text,
      fc.constantFrom('minimal', 'values'),
      (rule, location, patient, details) => {
        const alert = alertOf({
          rule,
          patient,
          encounterDetail: { ...alertOf().encounterDetail!, location },
        });
        const event = triggerEvent(triggerOf(alert), { ...MINIMAL, details });
        expect(faultsOf(JSON.stringify({ routing_key: ROUTING, ...event }))).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test('values that are too much for PagerDuty are left out, not the page', () => {
  const alert = alertOf({ patient: 'p'.repeat(600_000) });
  const text = JSON.stringify(triggerEvent(triggerOf(alert), { ...MINIMAL, details: 'values' }));
  expect(text.length).toBeLessThan(10_000);
  expect(text).toContain('Sepsis screen positive');
});
