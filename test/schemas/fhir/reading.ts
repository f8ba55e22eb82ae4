import { readResource } from '../../../schemas/fhir/read-resource.ts';
import { type FhirResource, isUnreadable, type Unreadable } from '../../../schemas/fhir/resource.ts';
import { assertSameReading } from './same-reading.ts';

/** Why a record is not read. */
export const fails = (record: string | Uint8Array, maxBytes?: number): Unreadable => {
  const read = readResource(typeof record === 'string' ? Buffer.from(record) : record, maxBytes);
  if (!isUnreadable(read)) throw new Error('read, though it should not be');
  return read;
};

/** A record as it is read, which is as the plain reader reads it. */
export const reads = (record: unknown): FhirResource => {
  const bytes = Buffer.from(typeof record === 'string' ? record : JSON.stringify(record));
  const read = readResource(bytes, Number.POSITIVE_INFINITY);
  if (isUnreadable(read)) throw new Error(`${read.reason}: ${read.detail}`);
  assertSameReading(read, bytes);
  return read;
};

export const observation = (fields: object): object => ({ resourceType: 'Observation', ...fields });
