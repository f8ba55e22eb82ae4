import { StreamsError } from '../../topology/model/errors.ts';

/** A part of a value that its schema does not allow. The path is empty for the value itself. */
export interface Misfit {
  readonly path: string;
  readonly expected: string;
  readonly value: unknown;
}

export const LONG_EXPECTED = 'an integer between -2^52 and 2^53 - 2';
export const INT_EXPECTED = 'an integer of 32 bits';
export const STRING_EXPECTED = 'a string of well-formed Unicode';

/** What was found, without the value itself: it may be a patient's. */
function found(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number')
    return Number.isInteger(value) ? 'an integer out of range' : 'a number that is none';
  if (typeof value === 'string')
    return value.isWellFormed() ? 'another string' : 'a string with half a surrogate pair';
  return typeof value;
}

/** The error of a value that does not fit its schema; names the record and the path of the field. */
export function doesNotFit(record: string, misfit: Misfit): StreamsError {
  const field = misfit.path === '' ? record : `${record}.${misfit.path}`;
  return new StreamsError(
    'value-does-not-fit',
    `${field} must be ${misfit.expected}, but is ${found(misfit.value)}.`,
  );
}
