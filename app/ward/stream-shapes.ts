import type { Observation, ObservationComponent } from 'fhir/r4.js';
import { LOINC, UCUM } from './frame.ts';

/** The three vital signs of the stream, one Observation each. */
export type StreamSign = 'RR' | 'SBP' | 'GCS';

/** What differs from one Observation of a shape to the next. */
export interface Blanks {
  readonly patient: number;
  /** Number of the reading of this patient, from 0. */
  readonly reading: number;
  readonly time: string;
  readonly issued: string;
  readonly value: number;
  /** Diastolic pressure; only the pressure panel has it. */
  readonly second: number;
}

type Blank = keyof Blanks;

const BLANKS: readonly Blank[] = ['patient', 'reading', 'time', 'issued', 'value', 'second'];
const hole = (blank: Blank): string => `<<${blank}>>`;
/** A number in JSON has no quotes, so its hole loses them. */
const NUMBERS: readonly Blank[] = ['value', 'second'];

/** Writes an Observation of one shape as JSON: the texts between the holes are made once. */
export function writerOf(sign: StreamSign): (blanks: Blanks) => string {
  let json = JSON.stringify(shapeOf(sign));
  for (const blank of NUMBERS) json = json.replaceAll(`"${hole(blank)}"`, hole(blank));
  const pieces = json.split(new RegExp(`(${BLANKS.map(hole).join('|')})`));
  const blanks = pieces.map((piece) => BLANKS.find((blank) => hole(blank) === piece));
  return (values) => {
    let text = '';
    for (let at = 0; at < pieces.length; at++) {
      const blank = blanks[at];
      text += blank === undefined ? pieces[at] : values[blank];
    }
    return text;
  };
}

/** JSON of the FHIR types with text where a number goes: the hole. */
type Holed<T> = T extends number ? string : T extends object ? { [K in keyof T]: Holed<T[K]> } : T;

function shapeOf(sign: StreamSign): Holed<Observation> {
  const { code, local, display, unit, ucum, category } = SIGNS[sign];
  const quantity = (blank: Blank): Holed<ObservationComponent['valueQuantity']> => ({
    value: hole(blank),
    unit,
    system: UCUM,
    code: ucum,
  });
  const measured = { display, value: hole('value'), time: hole('time') };
  return {
    resourceType: 'Observation',
    id: `${sign.toLowerCase()}-${hole('patient')}-${hole('reading')}`,
    meta: {
      versionId: '1',
      lastUpdated: hole('issued'),
      profile: [
        sign === 'GCS'
          ? 'http://hl7.org/fhir/StructureDefinition/Observation'
          : 'http://hl7.org/fhir/StructureDefinition/vitalsigns',
      ],
    },
    text: { status: 'generated', div: narrative(measured.display, measured.value, unit, measured.time) },
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: category,
            display: category,
          },
        ],
        text: category,
      },
    ],
    code: {
      coding: [
        { system: 'https://ehr.example.org/codes/flowsheet', code: local, display },
        { system: LOINC, code, display },
      ],
      text: display,
    },
    subject: { reference: `Patient/p${hole('patient')}`, type: 'Patient' },
    encounter: { reference: `Encounter/e${hole('patient')}` },
    effectiveDateTime: hole('time'),
    issued: hole('issued'),
    performer: [{ reference: 'Practitioner/nurse-17', type: 'Practitioner' }],
    ...(sign === 'SBP'
      ? {
          component: [
            { code: { coding: [{ system: LOINC, code: '8480-6' }] }, valueQuantity: quantity('value') },
            { code: { coding: [{ system: LOINC, code: '8462-4' }] }, valueQuantity: quantity('second') },
          ],
        }
      : { valueQuantity: quantity('value') }),
    device: { reference: 'Device/bedside-monitor-0041', display: 'Bedside monitor' },
    note: [{ text: 'Charted at the bedside, checked against the monitor.' }],
  };
}

const SIGNS: Readonly<
  Record<
    StreamSign,
    {
      readonly code: string;
      readonly local: string;
      readonly display: string;
      readonly unit: string;
      readonly ucum: string;
      readonly category: string;
    }
  >
> = {
  RR: {
    code: '9279-1',
    local: 'FS-301',
    display: 'Respiratory rate',
    unit: 'breaths/minute',
    ucum: '/min',
    category: 'vital-signs',
  },
  SBP: {
    code: '85354-9',
    local: 'FS-305',
    display: 'Blood pressure panel',
    unit: 'mmHg',
    ucum: 'mm[Hg]',
    category: 'vital-signs',
  },
  GCS: {
    code: '9269-2',
    local: 'FS-412',
    display: 'Glasgow coma score total',
    unit: '{score}',
    ucum: '{score}',
    category: 'survey',
  },
};

const narrative = (display: string, value: string, unit: string, time: string): string =>
  `<div xmlns="http://www.w3.org/1999/xhtml"><p><b>${display}</b></p><p>value: ${value} ${unit}</p>` +
  `<p>effective: ${time}</p></div>`;
