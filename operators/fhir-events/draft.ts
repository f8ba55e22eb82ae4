/** The parts of a ClinicalEvent that every kind of resource fills alike. */
import type { FhirResource } from '../../schemas/fhir/resource.ts';
import { instantMs, isDate, writtenDay } from '../../schemas/fhir/time.ts';
import type {
  ClinicalEvent,
  ClinicalEventKind,
  Measurement,
  ResourceKind,
  VersionRank,
} from '../../schemas/generated/clinical-event.ts';
import { DeadLetter } from '../../topology/model/outcome.ts';
import type { FhirRecord } from '../decode-fhir.ts';
import type { EventRules } from './context.ts';

const RESOURCE_KINDS: Readonly<Record<string, ResourceKind>> = {
  Observation: 'OBSERVATION',
  Encounter: 'ENCOUNTER',
  MedicationRequest: 'MEDICATION_REQUEST',
  DiagnosticReport: 'DIAGNOSTIC_REPORT',
  ServiceRequest: 'SERVICE_REQUEST',
};

interface Version {
  readonly rank: VersionRank;
  readonly number: number;
}

const NO_VERSION: Version = { rank: 'NONE', number: 0 };

/** The number of 1 to 15 digits, where doubles are exact; NaN: it is none. Every record passes here. */
function wholeNumber(text: string): number {
  if (text.length === 0 || text.length > 15) return Number.NaN;
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

function versionOf(resource: FhirResource): Version {
  const { versionId, lastUpdated, issued } = resource;
  const number = versionId === undefined ? Number.NaN : wholeNumber(versionId);
  if (!Number.isNaN(number)) return { rank: 'VERSION_ID', number };
  const updated = lastUpdated === undefined ? Number.NaN : instantMs(lastUpdated);
  if (!Number.isNaN(updated)) return { rank: 'LAST_UPDATED', number: updated };
  const released = issued === undefined ? Number.NaN : instantMs(issued);
  return Number.isNaN(released) ? NO_VERSION : { rank: 'ISSUED', number: released };
}

/** When a fact was true: an instant, or only a day. */
export interface When {
  /** Epoch milliseconds; of a day its midnight in UTC. */
  readonly time: number;
  readonly precision: 'INSTANT' | 'DATE';
  /** Days since 1970-01-01 as written. */
  readonly day: number;
}

/** 1600-01-01: what is said to be older is a typing error. */
const EARLIEST_DAY = -135_140;

/** Reads a time as written; a dead letter when it is not there or not precise enough. */
export function whenOf(text: string | undefined, path: string, dateSuffices: boolean): When | DeadLetter {
  if (text === undefined)
    return new DeadLetter('missing-time', `${path} is absent, and so is every other time`);
  const day = writtenDay(text);
  if (day < EARLIEST_DAY) return new DeadLetter('imprecise-time', `${path} lies before the year 1600`);
  const time = instantMs(text, day);
  if (!Number.isNaN(time)) return { time, precision: 'INSTANT', day };
  if (dateSuffices && isDate(text)) return { time: day * 86_400_000, precision: 'DATE', day };
  return new DeadLetter('imprecise-time', `${path} is no date and time with a zone`);
}

/** Text and path of the time of an Observation-like resource: effective[x], else issued. */
export function effectiveOf(resource: FhirResource): readonly [text: string | undefined, path: string] {
  if (resource.effectiveDateTime !== undefined) return [resource.effectiveDateTime, 'effectiveDateTime'];
  if (resource.effectiveInstant !== undefined) return [resource.effectiveInstant, 'effectiveInstant'];
  if (resource.periodEnd !== undefined) return [resource.periodEnd, 'effectivePeriod.end'];
  if (resource.periodStart !== undefined) return [resource.periodStart, 'effectivePeriod.start'];
  if (resource.timing) return [resource.timingEvent, 'effectiveTiming.event'];
  return [resource.issued, 'issued'];
}

/** 32-bit FNV-1a: a name for a resource without an id, so that its copies are one. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Fills an event; `when` is undefined where the time plays no part. */
export function eventOf(
  kind: ClinicalEventKind,
  patient: string,
  record: FhirRecord,
  rules: EventRules,
  when: When | undefined,
  measurements: readonly Measurement[] = NONE,
): ClinicalEvent {
  const { resource, origin, arrival } = record;
  const version = versionOf(resource);
  const id = resource.id || `~${fnv1a(JSON.stringify([resource.code.codings, when, measurements]))}`;
  return {
    kind,
    patient,
    resourceType: RESOURCE_KINDS[resource.resourceType] ?? 'UNKNOWN',
    resourceId: id,
    versionRank: version.rank,
    version: version.number,
    time: when === undefined ? null : when.time,
    timePrecision: when === undefined ? 'UNKNOWN' : when.precision,
    localDate: null,
    preliminary: resource.status === 'preliminary',
    measurements,
    text: null,
    encounter: resource.encounter === undefined ? null : rules.encounterOf(resource.encounter),
    encounterDetail: null,
    origin,
    arrival: arrival ?? null,
  };
}

const NONE: readonly Measurement[] = Object.freeze([]);

/**
 * A version that counts for nothing and withdraws what an earlier one said; its time is kept when it has one.
 * Of a vital sign it is a VITAL_SIGNS event without values: feeds that announce each one as `registered` first send as
 * many of these as of values, and as a RETRACTION each would be kept among the context facts too.
 */
export function withdrawalOf(
  kind: 'VITAL_SIGNS' | 'RETRACTION',
  patient: string,
  record: FhirRecord,
  rules: EventRules,
  timeText: string | undefined,
): ClinicalEvent {
  const when = whenOf(timeText, 'time', true);
  return eventOf(kind, patient, record, rules, when instanceof DeadLetter ? undefined : when);
}
