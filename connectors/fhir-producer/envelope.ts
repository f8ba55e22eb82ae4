import { createHash } from 'node:crypto';
import type { Headers } from '../../topology/model/record.ts';
import { member, textOf } from '../files/json-spans.ts';

/** What an envelope says of the resource in it. */
export interface Enclosed {
  readonly resourceType: string;
  readonly id: string | undefined;
  /** Resolved reference of the patient. */
  readonly patient: string | undefined;
  /** Epoch milliseconds at which it is published. */
  readonly now: number;
  /** Name of the system that it comes from. */
  readonly source: string;
}

export interface Envelope {
  readonly value: Buffer;
  readonly headers: Headers;
}

/**
 * The envelope that some producers put resources into: `EventId, EventType, EventTime, ResourceType, ResourceId, PatientId,
 * ResourceJson`, the last one a string, and the headers that go with it. The same resource has the same event id each time.
 */
export function enveloped(json: Buffer, { resourceType, id, patient, now, source }: Enclosed): Envelope {
  const eventId = idOf(json);
  const eventType = `fhir.${resourceType.toLowerCase()}`;
  const envelope = {
    EventId: eventId,
    EventType: eventType,
    EventTime: new Date(now).toISOString(),
    ResourceType: resourceType,
    ResourceId: id ?? null,
    PatientId: patient?.slice(patient.lastIndexOf('/') + 1) ?? null,
    ResourceJson: json.toString(),
  };
  const headers = {
    'event-type': eventType,
    'resource-type': resourceType,
    'event-id': eventId,
    'correlation-id': eventId,
    'source-system': source,
    timestamp: String(now),
  };
  return {
    value: Buffer.from(JSON.stringify(envelope)),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  };
}

/** The resource in an envelope; undefined when it is none. A resource that happens to have such a field is a resource. */
export function unwrapped(json: Buffer): Buffer | undefined {
  // Most records are no envelopes, and looking at every member of a resource costs more than a search.
  if (!json.includes(FIELD) || member(json, 'resourceType') !== undefined) return undefined;
  const inner = member(json, 'ResourceJson');
  if (inner === undefined) return undefined;
  const text = textOf(inner, 0, inner.length);
  return text === undefined ? inner : Buffer.from(text);
}

const FIELD = Buffer.from('"ResourceJson"');

/** A hash in the form of a UUID (version 8: of one's own making). */
function idOf(json: Buffer): string {
  const hex = createHash('sha256').update(json).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
