import { references } from '../codecs/recurring-strings.ts';
import type { FhirCursor } from './fhir-cursor.ts';
import { FieldNames } from './field-names.ts';
import type { Reference } from './resource.ts';
import { skipValue } from './skip-value.ts';

const REFERENCE = new FieldNames(['reference', 'identifier']);
const IDENTIFIER = new FieldNames(['system', 'value']);
const PLACE = new FieldNames(['display', 'reference']);
const LOCATION = new FieldNames(['location']);

/** A Reference with its identifier; undefined when no object stands there. */
export function readReference(json: FhirCursor): Reference | undefined {
  if (!json.onObject()) return undefined;
  let reference: string | undefined;
  let identifier: Identifier | undefined;
  if (json.openObject()) {
    do {
      const field = json.field(REFERENCE);
      if (field === 0) reference = json.recurringText(references);
      else if (field === 1) identifier = readIdentifier(json);
      else skipValue(json);
    } while (json.nextMember());
  }
  return { reference, identifierSystem: identifier?.system, identifierValue: identifier?.value };
}

interface Identifier {
  readonly system: string | undefined;
  readonly value: string | undefined;
}

function readIdentifier(json: FhirCursor): Identifier | undefined {
  if (!json.onObject()) return undefined;
  let system: string | undefined;
  let value: string | undefined;
  if (json.openObject()) {
    do {
      const field = json.field(IDENTIFIER);
      if (field === 0) system = json.text();
      else if (field === 1) value = json.text();
      else skipValue(json);
    } while (json.nextMember());
  }
  return { system, value };
}

/** `Encounter.location`: of the first element the display of its `location`, else the reference. */
export function readFirstLocation(json: FhirCursor): string | undefined {
  if (!json.onArray()) return undefined;
  let name: string | undefined;
  if (json.openArray()) {
    let first = true;
    do {
      if (!first) skipValue(json);
      else if (json.onObject()) name = readLocation(json);
      first = false;
    } while (json.nextElement());
  }
  return name;
}

function readLocation(json: FhirCursor): string | undefined {
  let name: string | undefined;
  if (json.openObject()) {
    do {
      if (json.field(LOCATION) === 0) name = readPlace(json);
      else skipValue(json);
    } while (json.nextMember());
  }
  return name;
}

function readPlace(json: FhirCursor): string | undefined {
  if (!json.onObject()) return undefined;
  let display: string | undefined;
  let reference: string | undefined;
  if (json.openObject()) {
    do {
      const field = json.field(PLACE);
      if (field === 0) display = json.text();
      else if (field === 1) reference = json.text();
      else skipValue(json);
    } while (json.nextMember());
  }
  return display ?? reference;
}
