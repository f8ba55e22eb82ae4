import { effectiveOf } from '../../operators/fhir-events/draft.ts';
import { readResource } from '../../schemas/fhir/read-resource.ts';
import { type FhirResource, isUnreadable } from '../../schemas/fhir/resource.ts';
import { instantMs, isDate, writtenDay } from '../../schemas/fhir/time.ts';

/**
 * The event time of a record's value, epoch milliseconds; a date counts as its midnight in UTC. Undefined when the value
 * cannot be read, or has no time that can.
 */
export function eventTimeOf(value: Uint8Array): number | undefined {
  const resource = readResource(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  if (isUnreadable(resource)) return undefined;
  const text = timeTextOf(resource);
  if (text === undefined) return undefined;
  const instant = instantMs(text);
  if (!Number.isNaN(instant)) return instant;
  return isDate(text) ? writtenDay(text) * 86_400_000 : undefined;
}

function timeTextOf(resource: FhirResource): string | undefined {
  switch (resource.resourceType) {
    case 'MedicationRequest':
      return resource.authoredOn ?? resource.boundsStart;
    case 'ServiceRequest':
      return resource.authoredOn ?? effectiveOf(resource)[0];
    case 'Encounter':
      return resource.periodStart;
    default:
      return effectiveOf(resource)[0];
  }
}
