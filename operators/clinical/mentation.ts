/**
 * Mentation without a GCS: ACVPU (NEWS2: Alert, new Confusion, Voice, Pain, Unresponsive). Anything but Alert
 * counts as altered (Royal College of Physicians, NEWS2, 2017).
 */
import { LOINC, SNOMED, type Coded } from './codes.ts';

const ALERT: Readonly<Record<string, readonly string[]>> = {
  [LOINC]: ['LA9340-6'], // Alert
  [SNOMED]: ['248234008'], // Mentally alert
};
/** "Absent", "No": the finding that the Observation's code names is not there. */
const ABSENT: Readonly<Record<string, readonly string[]>> = {
  [LOINC]: ['LA32-8'],
  [SNOMED]: ['2667000'],
};

export interface CodedText {
  readonly codings: readonly Coded[];
  readonly text: string | undefined;
}

/** True altered, false alert, undefined: the concept says nothing. */
export function alteredByAcvpu(answer: CodedText): boolean | undefined {
  if (has(answer, ALERT) || /^\s*a(lert)?\s*$/i.test(answer.text ?? '')) return false;
  return saysSomething(answer) ? true : undefined;
}

/** For an Observation that is coded as new confusion itself; without an answer it is there. */
export function alteredByConfusion(answer: CodedText | undefined): boolean {
  return answer === undefined || !(has(answer, ABSENT) || /^\s*(no|absent|none)\s*$/i.test(answer.text ?? ''));
}

const has = (answer: CodedText, codes: Readonly<Record<string, readonly string[]>>): boolean =>
  answer.codings.some(({ system, code }) => system !== undefined && code !== undefined && (codes[system]?.includes(code) ?? false));

const saysSomething = (answer: CodedText): boolean =>
  (answer.text ?? '').trim() !== '' || answer.codings.some(({ code }) => code !== undefined && code !== '');
