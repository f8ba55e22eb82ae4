import { vocabulary } from '../codecs/recurring-strings.ts';
import type { FhirCursor } from './fhir-cursor.ts';
import { FieldNames } from './field-names.ts';
import { OPEN_OBJECT } from './json-cursor.ts';
import { readConcept } from './read-concept.ts';
import { readPeriod } from './read-time.ts';
import { RecurringValues } from './recurring-values.ts';
import type { Concept } from './resource.ts';
import { skipValue } from './skip-value.ts';

const DOSAGE = new FieldNames(['route', 'timing']);
const TIMING = new FieldNames(['repeat']);
const REPEAT = new FieldNames(['boundsPeriod']);
const CATEGORY = new FieldNames(['text']);

const categories = new RecurringValues<string | undefined>();

/** What an order says of its dosage: every route, and the start of the first dosage. */
export interface Dosage {
  readonly route: string | undefined;
  readonly boundsStart: string | undefined;
}

/** `MedicationRequest.dosageInstruction`; undefined when no array stands there. */
export function readDosage(json: FhirCursor): Dosage | undefined {
  if (!json.onArray()) return undefined;
  let route: string | undefined;
  let boundsStart: string | undefined;
  if (json.openArray()) {
    let first = true;
    do {
      if (json.onObject()) {
        const dosage = readInstruction(json, first);
        route = joined(route, dosage.route);
        boundsStart ??= dosage.boundsStart;
      }
      first = false;
    } while (json.nextElement());
  }
  return { route, boundsStart };
}

/** `category[*].text`, joined with a space; `category` may be an array or, as in other versions of FHIR, one object. */
export function readCategory(json: FhirCursor): string | undefined {
  return categories.read(json, readNewCategory);
}

function readNewCategory(json: FhirCursor): string | undefined {
  if (json.byte() === OPEN_OBJECT) return json.textOf(CATEGORY, vocabulary);
  if (!json.onArray()) return undefined;
  let category: string | undefined;
  if (json.openArray()) {
    do category = joined(category, json.textOf(CATEGORY, vocabulary));
    while (json.nextElement());
  }
  return category;
}

function joined(before: string | undefined, text: string | undefined): string | undefined {
  if (before === undefined || text === undefined) return before ?? text;
  return `${before} ${text}`;
}

function readInstruction(json: FhirCursor, first: boolean): Dosage {
  let route: string | undefined;
  let boundsStart: string | undefined;
  if (json.openObject()) {
    do {
      const field = json.field(DOSAGE);
      if (field === 0) route = routeName(readConcept(json));
      else if (field === 1 && first) boundsStart = readBoundsStart(json);
      else skipValue(json);
    } while (json.nextMember());
  }
  return { route, boundsStart };
}

function routeName(route: Concept): string | undefined {
  if (route.text !== undefined) return route.text;
  for (const coding of route.codings) {
    const name = coding.code ?? coding.display;
    if (name !== undefined) return name;
  }
  return undefined;
}

/** `timing.repeat.boundsPeriod.start` of the Timing at `at`. */
function readBoundsStart(json: FhirCursor): string | undefined {
  if (!json.onObject()) return undefined;
  let start: string | undefined;
  if (json.openObject()) {
    do {
      if (json.field(TIMING) === 0) start = readRepeat(json);
      else skipValue(json);
    } while (json.nextMember());
  }
  return start;
}

function readRepeat(json: FhirCursor): string | undefined {
  if (!json.onObject()) return undefined;
  let start: string | undefined;
  if (json.openObject()) {
    do {
      if (json.field(REPEAT) === 0) start = readPeriod(json)?.start;
      else skipValue(json);
    } while (json.nextMember());
  }
  return start;
}
