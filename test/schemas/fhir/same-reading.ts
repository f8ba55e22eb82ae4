import { deepStrictEqual } from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { type FhirResource, isUnreadable, type Unreadable } from '../../../schemas/fhir/resource.ts';
import { plainRead } from './plain-reader.ts';

/** Throws unless what a reader made of the bytes is what the plain reader makes of them. */
export function assertSameReading(read: FhirResource | Unreadable, bytes: Uint8Array): void {
  const expected = isUtf8(bytes) ? plainRead(Buffer.from(bytes).toString('utf8')) : 'not-utf8';
  if (isUnreadable(read)) {
    deepStrictEqual(read.reason, typeof expected === 'string' ? expected : 'readable', read.detail);
    return;
  }
  if (typeof expected === 'string') throw new Error(`read, but it is ${expected}`);
  const { malformed, ...resource } = read;
  // The reader may hand out frozen lists; equality does not mind.
  deepStrictEqual(resource, { ...expected.resource });
  // Any fault may be named, but one must be, and none that is not there.
  deepStrictEqual(malformed !== undefined, expected.faults.size > 0, `malformed: ${String(malformed)}`);
  if (malformed !== undefined && !expected.faults.has(malformed)) throw new Error(`no fault at ${malformed}`);
}
