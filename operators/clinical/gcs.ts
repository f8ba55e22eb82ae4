/**
 * The Glasgow coma score of one instant (clinical rules of this project, after mimic-code `gcs.sql`, with the
 * difference that an untestable verbal part gives no value instead of a normal 15).
 */
import { GCS } from './criterion.ts';
import { GCS_EYE, GCS_MOTOR, GCS_TOTAL, GCS_UNTESTABLE, GCS_VERBAL, MENTATION } from './measurement.ts';
import type { Measurements } from './measurements.ts';
import { meets, type Qsofa } from './qsofa.ts';

export interface GcsReading {
  /** The score, or undefined: nothing charted, parts incomplete, or verbal untestable. */
  total: number | undefined;
  totalSource: number;
  /** ACVPU or new confusion: 1 altered, 0 alert, undefined: none. Worst wins. */
  mentation: number | undefined;
  mentationSource: number;
}

/** LOINC answer codes of the three parts (HL7 `Questionnaire-gcs`), to their points. */
export const GCS_ANSWERS: ReadonlyMap<string, number> = new Map([
  ['LA6553-7', 1],
  ['LA6554-5', 2],
  ['LA6555-2', 3],
  ['LA6556-0', 4], // eye
  ['LA6557-8', 1],
  ['LA6558-6', 2],
  ['LA6559-4', 3],
  ['LA6560-2', 4],
  ['LA6561-0', 5], // verbal
  ['LA6562-8', 1],
  ['LA6563-6', 2],
  ['LA6564-4', 3],
  ['LA6565-1', 4],
  ['LA6566-9', 5],
  ['LA6567-7', 6], // motor
]);

/**
 * Reads all rows of the instant of row `at`.
 * A charted total wins over a sum; several totals: the lowest; a sum needs all three parts, each the lowest of
 * its rows, and bears the eye row's source; any untestable marker at this instant: no value, also beside a total.
 */
export function gcsAt(m: Measurements, at: number): GcsReading {
  const time = m.time[at];
  let total = Infinity,
    totalSource = -1,
    eye = Infinity,
    eyeSource = -1,
    verbal = Infinity,
    motor = Infinity;
  let untestable = false,
    mentation = -1,
    mentationSource = -1;
  for (let i = at; i < m.count && m.time[i] === time; i++) {
    const value = m.value[i] as number;
    const source = m.source[i] as number;
    switch (m.kind[i]) {
      case GCS_TOTAL:
        if (value < total) {
          total = value;
          totalSource = source;
        }
        break;
      case GCS_EYE:
        if (value < eye) {
          eye = value;
          eyeSource = source;
        }
        break;
      case GCS_VERBAL:
        if (value < verbal) verbal = value;
        break;
      case GCS_MOTOR:
        if (value < motor) motor = value;
        break;
      case GCS_UNTESTABLE:
        untestable = true;
        break;
      case MENTATION:
        if (value > mentation) {
          mentation = value;
          mentationSource = source;
        }
        break;
      default:
        break;
    }
  }
  const sum = eye + verbal + motor;
  const charted = total !== Infinity;
  const value = untestable ? undefined : charted ? total : sum !== Infinity ? sum : undefined;
  return {
    total: value,
    totalSource: charted ? totalSource : eyeSource,
    mentation: mentation < 0 ? undefined : mentation,
    mentationSource,
  };
}

/** Most points of each part, and of the whole. */
const MOST: Readonly<Record<number, number>> = { [GCS_EYE]: 4, [GCS_VERBAL]: 5, [GCS_MOTOR]: 6 };
const MOST_IN_ALL = 15;

/**
 * Whether a row could be among those that make its instant an altered one. An instant all of whose rows say no is
 * not altered: the lowest total is not, three full parts make the whole score, and a marker takes values away.
 */
export function mayBeAltered(rule: Qsofa, kind: number, value: number): boolean {
  if (kind === GCS_TOTAL) return meets(rule, GCS, value);
  if (kind === MENTATION) return value > 0;
  const most = MOST[kind];
  return most !== undefined && (value < most || meets(rule, GCS, MOST_IN_ALL));
}
