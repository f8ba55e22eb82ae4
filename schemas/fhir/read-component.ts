import type { FhirCursor } from './fhir-cursor.ts';
import { FieldNames } from './field-names.ts';
import { NO_CONCEPT, readConcept } from './read-concept.ts';
import { VALUE_FIELDS, ValueParts } from './read-value.ts';
import type { Component } from './resource.ts';
import { skipValue } from './skip-value.ts';

const COMPONENT = new FieldNames(['code', 'dataAbsentReason', ...VALUE_FIELDS]);
const FIRST_VALUE = 2;

/** No components: the shared empty list. */
export const NO_COMPONENTS: readonly Component[] = Object.freeze([]);

const parts = new ValueParts();

/** `Observation.component`, in the order written; an element that is no object is left out. */
export function readComponents(json: FhirCursor): readonly Component[] {
  if (!json.onArray()) return NO_COMPONENTS;
  let components: Component[] | undefined;
  if (json.openArray()) {
    do {
      if (!json.onObject()) continue;
      const component = readComponent(json);
      if (components === undefined) components = [component];
      else components.push(component);
    } while (json.nextElement());
  }
  return components ?? NO_COMPONENTS;
}

function readComponent(json: FhirCursor): Component {
  let code = NO_CONCEPT;
  let dataAbsent = false;
  parts.clear();
  if (json.openObject()) {
    do {
      const field = json.field(COMPONENT);
      if (field >= FIRST_VALUE) parts.read(json, field - FIRST_VALUE);
      else if (field === 0) code = readConcept(json);
      else if (field === 1) dataAbsent = json.presentObject();
      else skipValue(json);
    } while (json.nextMember());
  }
  return { code, value: parts.value(), dataAbsent };
}
