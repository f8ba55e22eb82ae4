/** Bytes held per patient with a reading every 15 minutes. Arguments: patients, lateness in hours. */
import { scorePatient } from '../../operators/score-patient.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import { stores } from '../../operators/stores.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { hours } from '../../topology/model/time.ts';
import { TaskStore } from '../../topology/runtime/task-store.ts';
import { argument, heldBytes, report } from '../measure.ts';

const patients = argument(0, 100_000);
const lateness = argument(1, 0);
const QUARTER = 15 * 60_000;
const START = Date.UTC(2026, 0, 5);
/** Ten readings more than the window and its lateness hold, so that letting go is part of the picture. */
const readings = (6 + lateness) * 4 + 10;

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');

function reading(patient: number, turn: number): ClinicalEvent {
  const kind = turn % 2 === 0 ? 'RESPIRATORY_RATE' : 'SYSTOLIC_BP';
  return {
    kind: 'VITAL_SIGNS',
    patient: '',
    resourceType: 'OBSERVATION',
    resourceId: `${hex(patient, 8)}-0000-4000-8000-${hex(turn, 12)}`,
    versionRank: 'VERSION_ID',
    version: 1,
    time: START + turn * QUARTER + (patient % 900) * 1_000,
    timePrecision: 'INSTANT',
    localDate: null,
    preliminary: false,
    measurements: [
      {
        kind,
        value: kind === 'RESPIRATORY_RATE' ? 16 : 124,
        unitAssumed: false,
        code: kind === 'RESPIRATORY_RATE' ? '9279-1' : '8480-6',
      },
    ],
    text: null,
    encounter: `https://ehr.example.org/fhir/Encounter/enc-${patient}`,
    encounterDetail: null,
    origin: { topic: 'fhir.observation.vitals', partition: patient % 4, offset: turn * patients + patient },
    arrival: START + turn * QUARTER,
  };
}

const before = heldBytes();
const store = new TaskStore(stores.patients.name, false);
const { step } = scorePatient(screeningRules({ lateness: hours(lateness) }));
for (let turn = 0; turn < readings; turn++) {
  for (let patient = 0; patient < patients; patient++) {
    const key = `https://ehr.example.org/fhir/Patient/p${patient}`;
    const held = store.get(key);
    const position = { topic: '', partition: 0, offset: 0 };
    const [state] = step(held, { key, value: reading(patient, turn), position, timestamp: 0 });
    if (state !== undefined && state !== held) store.put(key, state);
    if (patient % 4_000 === 3_999) store.promote();
  }
  store.promote();
}
const bytes = (heldBytes() - before) / patients;
if (store.size !== patients) throw new Error('patients are missing');
report([
  {
    name: `lateness ${lateness} h, ${(6 + lateness) * 4} readings held`,
    unit: 'bytes per patient',
    samples: [bytes],
  },
]);
