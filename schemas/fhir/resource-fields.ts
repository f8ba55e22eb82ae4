import { references, vocabulary } from '../codecs/recurring-strings.ts';
import type { FhirCursor } from './fhir-cursor.ts';
import { FieldNames, UNKNOWN_FIELD } from './field-names.ts';
import { OPEN_OBJECT, QUOTE } from './json-cursor.ts';
import { readComponents } from './read-component.ts';
import { readConcept } from './read-concept.ts';
import { unescapeInto } from './read-envelope.ts';
import { readCategory, readDosage } from './read-order.ts';
import { readFirstLocation, readReference } from './read-reference.ts';
import { readPeriod, readTiming } from './read-time.ts';
import { VALUE_FIELDS } from './read-value.ts';
import type { ResourceDraft } from './resource-draft.ts';
import { skipValue } from './skip-value.ts';

const OBSERVATION = 1;
const ENCOUNTER = 2;
const ORDER = 4;
const OTHER_TYPE = 8;
const OURS = OBSERVATION | ENCOUNTER | ORDER;
const EVERY = OURS | OTHER_TYPE;

/** The bit of a resource type in `ResourceDraft.faults`. */
export function typeBit(resourceType: string): number {
  if (resourceType === 'Observation') return OBSERVATION;
  if (resourceType === 'Encounter') return ENCOUNTER;
  return resourceType === 'MedicationRequest' ? ORDER : OTHER_TYPE;
}

const META = new FieldNames(['versionId', 'lastUpdated']);
const REFERENCE = new FieldNames(['reference']);
const CODE = new FieldNames(['code']);

type Read = (json: FhirCursor, draft: ResourceDraft) => void;

/**
 * Every wanted key of a resource: the types for which a wrong JSON type there is a fault (`partOf` is an object in an
 * Encounter and an array in an Observation, so its type says nothing about the latter), and how it is read.
 */
const FIELDS: readonly (readonly [name: string, types: number, read: Read])[] = [
  ['resourceType', 0, (json, draft) => void (draft.resourceType = json.recurringText(vocabulary))],
  ['id', EVERY, (json, draft) => void (draft.id = json.note(draft.notes))],
  ['meta', EVERY, readMeta],
  ['status', OURS, (json, draft) => void (draft.status = json.recurringText(vocabulary))],
  ['intent', ORDER, (json, draft) => void (draft.intent = json.recurringText(vocabulary))],
  ['code', OBSERVATION, (json, draft) => void (draft.code = readConcept(json))],
  ['medicationCodeableConcept', ORDER, (json, draft) => void (draft.medication = readConcept(json))],
  ['subject', OURS, (json, draft) => void (draft.subject = readReference(json))],
  ['patient', OURS, (json, draft) => void (draft.patient = readReference(json))],
  [
    'encounter',
    OBSERVATION | ORDER,
    (json, draft) => void (draft.encounter = json.textOf(REFERENCE, references)),
  ],
  ['focus', OBSERVATION, (json, draft) => void (draft.focus = json.holdsObject())],
  [
    'effectiveDateTime',
    OBSERVATION,
    (json, draft) => void (draft.effectiveDateTime = json.note(draft.notes)),
  ],
  ['effectiveInstant', OBSERVATION, (json, draft) => void (draft.effectiveInstant = json.note(draft.notes))],
  ['effectivePeriod', OBSERVATION, (json, draft) => void (draft.effectivePeriod = readPeriod(json))],
  ['effectiveTiming', OBSERVATION, (json, draft) => void (draft.effectiveTiming = readTiming(json))],
  ['period', ENCOUNTER, (json, draft) => void (draft.period = readPeriod(json))],
  ['issued', OBSERVATION, (json, draft) => void (draft.issued = json.note(draft.notes))],
  ['authoredOn', ORDER, (json, draft) => void (draft.authoredOn = json.note(draft.notes))],
  ['dataAbsentReason', OBSERVATION, (json, draft) => void (draft.dataAbsent = json.presentObject())],
  ['component', OBSERVATION, (json, draft) => void (draft.components = readComponents(json))],
  ['hasMember', OBSERVATION, (json, draft) => void (draft.hasMember = json.holdsObject())],
  ['class', ENCOUNTER, (json, draft) => void (draft.encounterClass = json.textOf(CODE, vocabulary))],
  ['location', ENCOUNTER, (json, draft) => void (draft.location = readFirstLocation(json))],
  ['partOf', ENCOUNTER, (json, draft) => void (draft.partOf = json.textOf(REFERENCE, references))],
  ['dosageInstruction', ORDER, (json, draft) => void (draft.dosage = readDosage(json))],
  ['category', OBSERVATION | ORDER, (json, draft) => void (draft.category = readCategory(json))],
  ['ResourceJson', 0, readEnclosed],
];

const FIRST_VALUE = FIELDS.length;
const NAMES = new FieldNames([...FIELDS.map(([name]) => name), ...VALUE_FIELDS]);
const READS: readonly Read[] = FIELDS.map(([, , read]) => read);
const TYPES: readonly number[] = [
  ...FIELDS.map(([, types]) => types),
  ...VALUE_FIELDS.map(() => OBSERVATION),
];

/** Reads all members of the object at `at`. */
export function readFields(json: FhirCursor, draft: ResourceDraft): void {
  draft.clear();
  if (!json.openObject()) return;
  do {
    const field = json.field(NAMES);
    if (field === UNKNOWN_FIELD) {
      skipValue(json);
      continue;
    }
    json.wrongType = false;
    if (field >= FIRST_VALUE) draft.value.read(json, field - FIRST_VALUE);
    else (READS[field] as Read)(json, draft);
    if (json.wrongType) draft.faults |= TYPES[field] as number;
  } while (json.nextMember());
}

function readMeta(json: FhirCursor, draft: ResourceDraft): void {
  draft.versionId = undefined;
  draft.lastUpdated = undefined;
  if (!json.onObject() || !json.openObject()) return;
  do {
    const field = json.field(META);
    if (field === 0) draft.versionId = json.recurringText(vocabulary);
    else if (field === 1) draft.lastUpdated = json.note(draft.notes);
    else skipValue(json);
  } while (json.nextMember());
}

/** Whether this is an envelope is known at the end; a text that it may enclose is made ready here. */
function readEnclosed(json: FhirCursor, draft: ResourceDraft): void {
  const byte = json.byte();
  draft.enclosedAt = json.at;
  // There is no envelope in an envelope, so what is inside is walked, but not taken out.
  if (byte === QUOTE && json !== draft.enclosed) {
    draft.enclosing = 'text';
    json.at = unescapeInto(draft.enclosed, json, json.at + 1) + 1;
  } else {
    draft.enclosing = byte === OPEN_OBJECT ? 'object' : undefined;
    skipValue(json);
  }
}
