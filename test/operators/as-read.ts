import { isDeepStrictEqual } from 'node:util';

/**
 * A value that is about to be written as JSON. What was written just now is not read again (`memoised`), so it must be what would be
 * read; and since others may hold the same object, whoever changes it in place from here on fails.
 */
export function asRead<T>(value: T): T {
  const read: unknown = JSON.parse(JSON.stringify(value));
  // Records that were read from Avro have a class of their own, and no more in them than others.
  if (!isDeepStrictEqual(read, structuredClone(value))) throw new Error('It does not read as it is written.');
  return deepFrozen(value);
}

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFrozen);
  return Object.freeze(value);
}
