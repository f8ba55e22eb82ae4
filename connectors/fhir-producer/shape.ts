import type { Subject } from '../../schemas/fhir/patient-reference.ts';
import { readResource } from '../../schemas/fhir/read-resource.ts';
import { type FhirResource, isUnreadable, type Reference } from '../../schemas/fhir/resource.ts';
import { instantMs } from '../../schemas/fhir/time.ts';
import { ARRIVAL_HEADER } from '../../schemas/topics.ts';
import type { Headers, OutgoingRecord } from '../../topology/model/record.ts';
import { INPUT_TOPICS, JUDGED_IN, topicOf } from '../files/routing.ts';
import { enveloped, unwrapped } from './envelope.ts';
import { knownType } from './known-types.ts';

/** How values are written: the resource alone, in an envelope, or as each of them came. */
export type Format = 'bare' | 'envelope' | 'as-is';

export interface Shaping {
  /** Resolves who a resource is about: the key. */
  readonly subjectOf: (subject: Reference | undefined) => Subject;
  readonly format: Format;
  /** Name of the system that resources come from, for envelopes. */
  readonly source: string;
  /**
   * Whether an arrival that is the `issued` of the resource goes along too. Data of another time needs it; of a live feed it is
   * left to the topology, which does not believe an `issued` that a wrong clock has set. The header it would believe.
   */
  readonly believesIssued: boolean;
}

/** Something to publish, as it came. */
export interface Offered {
  readonly value: Uint8Array | null;
  /** A recording's own; without them both are found out. */
  readonly key?: Uint8Array | null;
  readonly topic?: string | null;
  /** When it reached the broker that it was recorded from, epoch milliseconds. */
  readonly arrival?: number | undefined;
}

/** What becomes of it. */
export type Shaped =
  | { readonly kind: 'record'; readonly topic: string; readonly record: OutgoingRecord }
  /** Of a type that the topology reads nothing of: it is not published. */
  | { readonly kind: 'other'; readonly type: string }
  /** No FHIR resource. */
  | { readonly kind: 'bad'; readonly reason: string; readonly detail: string };

const TYPES: ReadonlySet<string> = new Set([
  'Observation',
  'Encounter',
  'MedicationRequest',
  'DiagnosticReport',
  'ServiceRequest',
]);

/** Of key and value: kept below what brokers take by default (1,048,588 bytes for a batch). */
const MOST_BYTES = 1_000_000;

/**
 * The record of something that is offered: its topic by type and code, its key by its patient. Whether a value or a time is
 * any good is the topology's to judge, which says why; here only what is no FHIR at all is found out.
 */
export function shaped(offered: Offered, shaping: Shaping, now: number): Shaped {
  const { value, topic, key = null, arrival } = offered;
  if (value === null) return bad('not-json', 'the record has no value (a tombstone)');
  const json = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const resource = readResource(json);
  if (isUnreadable(resource)) return bad(resource.reason, resource.detail);
  const { resourceType } = resource;
  // A Bundle is offered entry by entry: one that stands where a resource should would be lost with all that it holds.
  if (resourceType === 'Bundle') return bad('not-fhir', 'a Bundle where a single resource is read');
  if (!TYPES.has(resourceType)) return { kind: 'other', type: knownType(resourceType) };
  const subject = shaping.subjectOf(resource.subject);
  const patient = 'patient' in subject ? subject.patient : undefined;
  const written = writtenAs(json, resource, patient, shaping, now);
  const ownKey = patient === undefined ? key : Buffer.from(patient);
  const bytes = written.value.length + (ownKey?.length ?? 0);
  if (bytes > MOST_BYTES) return bad('too-large', `${bytes} bytes are more than a record may have`);
  const headers = { ...written.headers, ...arrivalHeader(arrival, resource, shaping) };
  return {
    kind: 'record',
    topic:
      topic !== undefined && topic !== null && INPUT_TOPICS.has(topic)
        ? topic
        : (topicOf(resource, json) ?? JUDGED_IN),
    record: {
      key: ownKey,
      value: written.value,
      timestamp: now,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    },
  };
}

const bad = (reason: string, detail: string): Shaped => ({ kind: 'bad', reason, detail });

function writtenAs(
  json: Buffer,
  { resourceType, id }: FhirResource,
  patient: string | undefined,
  { format, source }: Shaping,
  now: number,
): { readonly value: Buffer; readonly headers: Headers } {
  if (format === 'as-is') return { value: json, headers: {} };
  const resource = unwrapped(json) ?? json;
  return format === 'bare'
    ? { value: resource, headers: {} }
    : enveloped(resource, { resourceType, id, patient, now, source });
}

function arrivalHeader(
  arrival: number | undefined,
  { issued }: FhirResource,
  { believesIssued }: Shaping,
): Headers {
  const isIssued = issued !== undefined && instantMs(issued) === arrival;
  if (arrival === undefined || (isIssued && !believesIssued)) return {};
  return { [ARRIVAL_HEADER]: Buffer.from(String(Math.floor(arrival))) };
}
