import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { refused } from '../kafka-client/refused.ts';
import { NetworkError, protocolErrorsCodesById, TimeoutError } from './library.ts';

export const nameOfCode = (code: number): string =>
  Reflect.get(protocolErrorsCodesById, code) ?? `error ${code}`;

/** Whatever the client library threw, in the words of the table. Where nothing was `sent` yet, nothing can have come of it. */
export function translated(error: unknown, what: string, sent = true): StreamsError {
  if (isStreamsError(error)) return error;
  const name = protocolName(error);
  if (name !== undefined) return refused(name, what, error);
  const reason = rootOf(error);
  const text = reason instanceof Error ? reason.message : 'unknown error';
  const system = reason instanceof Error && 'code' in reason ? String(reason.code) : '';
  if (system === 'PLT_KFK_AUTHENTICATION')
    return new StreamsError('authentication-failed', `${what}: ${text}`, error);
  if (/CERT|UNKNOWN_CA|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY/.test(system))
    return new StreamsError('tls-untrusted', `${what}: ${text} (${system}).`, error);
  const call = reason instanceof Error && 'syscall' in reason ? reason.syscall : undefined;
  const unconnected = call === 'connect' || call === 'getaddrinfo';
  const network =
    reason instanceof TimeoutError || reason instanceof NetworkError || /^E[A-Z]+$/.test(system);
  if (unconnected || network)
    return new StreamsError(
      unconnected || !sent ? 'broker-unavailable' : 'request-timed-out',
      `${what}: ${text}.`,
      error,
    );
  return new StreamsError('broker-refused', `${what}: ${text}.`, error);
}

/** Whether the broker itself refused it with this name. */
export const isRefusedAs = (error: unknown, name: string): boolean => protocolName(error) === name;

interface Nested {
  readonly apiId?: unknown;
  readonly errors?: readonly unknown[];
  readonly cause?: unknown;
}

const nested = (error: unknown): Nested => (typeof error === 'object' && error !== null ? error : {});

/** Of parts that are done all or none, those that were not at fault. */
const NOT_ATTEMPTED = 'OPERATION_NOT_ATTEMPTED';

/** The first name of a protocol error in a tree of errors; one that is at fault before one that is not. */
function protocolName(error: unknown, depth = 0): string | undefined {
  const { apiId, errors = [], cause } = nested(error);
  if (typeof apiId === 'string') return apiId;
  if (depth > 8) return undefined;
  let notAttempted: string | undefined;
  for (const inner of [...errors, cause]) {
    const found = inner === undefined ? undefined : protocolName(inner, depth + 1);
    if (found === NOT_ATTEMPTED) notAttempted = found;
    else if (found !== undefined) return found;
  }
  return notAttempted;
}

/** The innermost error: what really happened. */
function rootOf(error: unknown, depth = 0): unknown {
  const { errors, cause } = nested(error);
  const inner = errors?.[0] ?? cause;
  return inner === undefined || depth > 8 ? error : rootOf(inner, depth + 1);
}
