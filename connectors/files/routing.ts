import type { FhirResource } from '../../schemas/fhir/resource.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { member, textOf } from './json-spans.ts';

const { vitals: VITALS, labs: LABS, encounters: ENCOUNTER, medicationRequests: MEDICATION_REQUEST } = TOPIC;

/** The topics that the topology reads. */
export const INPUT_TOPICS: ReadonlySet<string> = new Set([VITALS, LABS, ENCOUNTER, MEDICATION_REQUEST]);

/** Where a record goes that has no topic of its own: the topology reads it there and says what is wrong with it. */
export const JUDGED_IN: string = VITALS;

const LOINC = 'http://loinc.org';

/**
 * Codes that are a laboratory's whatever the category says: lactate (2524-7, 32693-4, 2518-9, 19239-3, 30241-4,
 * 59032-3) and body-fluid cultures (600-7 blood, 630-4 urine, 624-7 sputum, 6463-4 unspecified); loinc.org.
 */
const LAB_CODES: ReadonlySet<string> = new Set([
  '2524-7',
  '32693-4',
  '2518-9',
  '19239-3',
  '30241-4',
  '59032-3',
  '600-7',
  '630-4',
  '624-7',
  '6463-4',
]);

/**
 * The input topic of a resource; null when it is of no type that the topology reads.
 * `json` is the record it was read from. A convenience of producers only: the topology selects by code, never by topic.
 */
export function topicOf(resource: FhirResource, json: Buffer): string | null {
  switch (resource.resourceType) {
    case 'Encounter':
      return ENCOUNTER;
    case 'MedicationRequest':
      return MEDICATION_REQUEST;
    case 'Observation':
      return isLaboratory(resource, json) ? LABS : VITALS;
    case 'DiagnosticReport':
    case 'ServiceRequest':
      return isLaboratory(resource, json) ? LABS : null;
    default:
      return null;
  }
}

function isLaboratory(resource: FhirResource, json: Buffer): boolean {
  return (
    resource.code.codings.some(isLabCode) || (json.includes(LABORATORY) && hasCategory(json, 'laboratory'))
  );
}

const isLabCode = ({ system, code }: { system: string | undefined; code: string | undefined }): boolean =>
  system === LOINC && code !== undefined && LAB_CODES.has(code);

// Most records have no such word anywhere; finding that out costs a tenth of looking for the category.
const LABORATORY = Buffer.from('laboratory');

function hasCategory(json: Buffer, code: string): boolean {
  const inner = member(json, 'ResourceJson');
  const envelope = inner === undefined ? undefined : textOf(inner, 0, inner.length);
  const category = member(envelope === undefined ? (inner ?? json) : Buffer.from(envelope), 'category');
  return category !== undefined && codesOf(category).includes(code);
}

/** `coding[].code` of a CodeableConcept or of a list of them. */
function codesOf(concepts: Buffer): unknown[] {
  try {
    const parsed: unknown = JSON.parse(concepts.toString());
    return [parsed]
      .flat()
      .flatMap((concept) => [property(concept, 'coding')].flat())
      .map((coding) => property(coding, 'code'));
  } catch {
    return [];
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
