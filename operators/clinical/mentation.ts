/**
 * Mentation without a GCS: ACVPU (NEWS2: Alert, new Confusion, Voice, Pain, Unresponsive). Anything but Alert
 * counts as altered (Royal College of Physicians, NEWS2, 2017).
 */
import { type Coded, isLoinc, SNOMED } from './codes.ts';

interface Answer {
  readonly loinc: string;
  readonly snomed: string;
  readonly words: RegExp;
}

/** Alert; mentally alert. */
const ALERT: Answer = { loinc: 'LA9340-6', snomed: '248234008', words: /^\s*a(lert)?\s*$/i };
/** "No", "Absent": the finding that the Observation's code names is not there. */
const ABSENT: Answer = { loinc: 'LA32-8', snomed: '2667000', words: /^\s*(no|absent|none)\s*$/i };

export interface CodedText {
  readonly codings: readonly (Coded & { readonly display?: string | undefined })[];
  readonly text: string | undefined;
}

/** True altered, false alert, undefined: the concept says nothing. */
export function alteredByAcvpu(answer: CodedText): boolean | undefined {
  if (says(answer, ALERT)) return false;
  return saysSomething(answer) ? true : undefined;
}

/** For an Observation that is coded as new confusion itself; without an answer it is there. */
export function alteredByConfusion(answer: CodedText | undefined): boolean {
  return answer === undefined || !says(answer, ABSENT);
}

/** By a code, by the text, or, where a site codes in its own way, by a coding's display. */
const says = ({ codings, text }: CodedText, { loinc, snomed, words }: Answer): boolean =>
  words.test(text ?? '') ||
  codings.some(
    ({ system, code, display }) =>
      (isLoinc(system) && code === loinc) ||
      (system === SNOMED && code === snomed) ||
      words.test(display ?? ''),
  );

const saysSomething = (answer: CodedText): boolean =>
  (answer.text ?? '').trim() !== '' || answer.codings.some(({ code }) => code !== undefined && code !== '');
