import type { FhirCursor } from './fhir-cursor.ts';
import { FieldNames } from './field-names.ts';
import { RecurringValues } from './recurring-values.ts';
import type { Coding, Concept } from './resource.ts';
import { skipValue } from './skip-value.ts';

const CONCEPT = new FieldNames(['coding', 'text']);
const CODING = new FieldNames(['system', 'code', 'display']);

const NO_CODINGS: readonly Coding[] = Object.freeze([]);

/** No CodeableConcept there, or one without codings and text. */
export const NO_CONCEPT: Concept = Object.freeze({ codings: NO_CODINGS, text: undefined });

const recurring = new RecurringValues<Concept>();

/** A CodeableConcept; `NO_CONCEPT` when none stands there. Concepts of equal bytes are one object. */
export function readConcept(json: FhirCursor): Concept {
  return recurring.read(json, readNewConcept);
}

function readNewConcept(json: FhirCursor): Concept {
  if (!json.onObject()) return NO_CONCEPT;
  let codings = NO_CODINGS;
  let text: string | undefined;
  if (json.openObject()) {
    do {
      const field = json.field(CONCEPT);
      if (field === 0) codings = readCodings(json);
      else if (field === 1) text = json.text();
      else skipValue(json);
    } while (json.nextMember());
  }
  return { codings, text };
}

function readCodings(json: FhirCursor): readonly Coding[] {
  if (!json.onArray()) return NO_CODINGS;
  let codings: Coding[] | undefined;
  if (json.openArray()) {
    do {
      if (!json.onObject()) continue;
      const coding = readCoding(json);
      if (codings === undefined) codings = [coding];
      else codings.push(coding);
    } while (json.nextElement());
  }
  return codings ?? NO_CODINGS;
}

function readCoding(json: FhirCursor): Coding {
  let system: string | undefined;
  let code: string | undefined;
  let display: string | undefined;
  if (json.openObject()) {
    do {
      const field = json.field(CODING);
      if (field === 0) system = json.text();
      else if (field === 1) code = json.text();
      else if (field === 2) display = json.text();
      else skipValue(json);
    } while (json.nextMember());
  }
  return { system, code, display };
}
