import type { CriterionView, PatientView, WardView } from '../../../app/console/ward-view.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const NOW: number = Date.UTC(2026, 0, 5, 15, 7);

const UNITS = { RR: '/min', SBP: 'mm[Hg]', GCS: '{score}' } as const;

export const criterion = (
  name: CriterionView['criterion'],
  value: number,
  ageMinutes: number,
  marks: Partial<CriterionView> = {},
): CriterionView => ({
  criterion: name,
  value,
  unit: UNITS[name],
  ageMs: ageMinutes * MINUTE,
  preliminary: false,
  unitAssumed: false,
  ...marks,
});

/** A patient without an alert whose score has been the same since 9 h ago. */
export const patient = (bed: string, score: number, more: Partial<PatientView> = {}): PatientView => ({
  bed,
  score,
  met: [],
  missing: [],
  alert: null,
  steps: [{ t: NOW - 9 * HOUR, score }],
  episodes: [],
  ...more,
});

const ward07 = patient('ward-07', 3, {
  met: [criterion('GCS', 12, 18), criterion('RR', 31, 2, { preliminary: true }), criterion('SBP', 88, 18)],
  alert: {
    id: '3f9a2c1b55aa',
    peak: 3,
    since: NOW - 4 * HOUR,
    end: NOW + 5.7 * HOUR,
    suspectedInfection: true,
    lactate: { value: 3.1, ageMs: 70 * MINUTE },
  },
  steps: [
    { t: NOW - 9 * HOUR, score: 0 },
    { t: NOW - 5 * HOUR, score: 1 },
    { t: NOW - 4 * HOUR, score: 2 },
    { t: NOW - 2.2 * HOUR, score: 3 },
  ],
  episodes: [{ start: NOW - 4 * HOUR, end: NOW + 5.7 * HOUR }],
});

const ward21 = patient('ward-21', 2, {
  met: [criterion('RR', 24, 290, { unitAssumed: true }), criterion('SBP', 97.51, 33)],
  missing: ['GCS'],
  alert: {
    id: 'b0771e50ffee',
    peak: 3,
    since: NOW - 1.5 * HOUR,
    end: NOW + 1.2 * HOUR,
    suspectedInfection: false,
    lactate: null,
  },
  steps: [
    { t: NOW - 8.5 * HOUR, score: 2 },
    { t: NOW - 6 * HOUR, score: 1 },
    { t: NOW - 1.5 * HOUR, score: 2 },
  ],
  episodes: [
    { start: NOW - 8.5 * HOUR, end: NOW - 6 * HOUR },
    { start: NOW - 1.5 * HOUR, end: NOW + 1.2 * HOUR },
  ],
});

/** A ward in the middle of an afternoon: two open alerts, two patients with one criterion, eight without. */
export const sampleView: WardView = {
  now: NOW,
  speed: 1_200,
  counts: {
    records: 2_436,
    used: 1_587,
    ignored: 842,
    deadLettered: { 'unknown-unit': 2, 'missing-subject': 1, 'imprecise-time': 4 },
    alerts: 41,
  },
  patients: [
    patient('ward-01', 0),
    patient('ward-02', 0),
    patient('ward-03', 1, { met: [criterion('GCS', 14, 41)] }),
    patient('ward-04', 0),
    ward21,
    patient('ward-05', 0),
    patient('ward-06', 1, { met: [criterion('SBP', 96, 5)], missing: ['GCS'] }),
    ward07,
    patient('ward-08', 0),
    patient('ward-09', 0),
    patient('ward-10', 0),
    patient('ward-11', 0),
  ],
  pages: [
    { t: NOW - 10 * HOUR, bed: 'ward-02', status: 'raised', score: 2, alertId: '00000000old' },
    { t: NOW - 2.2 * HOUR, bed: 'ward-07', status: 'escalated', score: 3, alertId: '3f9a2c1b55aa' },
    { t: NOW - 1.5 * HOUR, bed: 'ward-21', status: 'raised', score: 2, alertId: 'b0771e50ffee' },
    { t: NOW - 12 * MINUTE, bed: 'ward-10', status: 'retracted', score: 0, alertId: '9c4d00aa1122' },
  ],
};
