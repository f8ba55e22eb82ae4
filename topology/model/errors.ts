import { KAFKA_ERRORS } from './error-table/kafka-errors.ts';
import { PRODUCT_ERRORS } from './error-table/product-errors.ts';
import { SCHEMA_ERRORS } from './error-table/schema-errors.ts';
import { TOPOLOGY_ERRORS } from './error-table/topology-errors.ts';

/**
 * The one table of errors. Each code says what to do about it and whether trying again can help.
 * Exit codes: 1 a bug, 2 wrong usage or configuration, 3 input unreadable, 4 a dependency refused, 5 stopped.
 */
export const ERRORS: typeof TOPOLOGY_ERRORS &
  typeof SCHEMA_ERRORS &
  typeof KAFKA_ERRORS &
  typeof PRODUCT_ERRORS = { ...TOPOLOGY_ERRORS, ...SCHEMA_ERRORS, ...KAFKA_ERRORS, ...PRODUCT_ERRORS };

export type ErrorCode = keyof typeof ERRORS;

/** Tells our errors also when they come from another copy of this module. */
const ours = 'sepsis-streams';

/** An error of the table: what happened with the values, what to do, and the cause. */
export class StreamsError extends Error {
  readonly of: typeof ours = ours;
  readonly code: ErrorCode;
  readonly retry: boolean;
  readonly mend: string;
  constructor(code: ErrorCode, what: string, cause?: unknown) {
    super(`${what} ${ERRORS[code].mend}`, cause === undefined ? undefined : { cause });
    this.name = 'StreamsError';
    this.code = code;
    this.retry = ERRORS[code].retry;
    this.mend = ERRORS[code].mend;
  }
}

export const isStreamsError = (error: unknown): error is StreamsError =>
  typeof error === 'object' && error !== null && 'of' in error && error.of === ours;
