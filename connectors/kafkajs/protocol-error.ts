import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { refused } from '../kafka-client/refused.ts';
import { errorCodes } from './library.ts';

/** Names that Kafka has changed since. */
const RENAMED: Readonly<Record<string, string>> = {
  NOT_LEADER_FOR_PARTITION: 'NOT_LEADER_OR_FOLLOWER',
  GROUP_LOAD_IN_PROGRESS: 'COORDINATOR_LOAD_IN_PROGRESS',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'COORDINATOR_NOT_AVAILABLE',
  NOT_COORDINATOR_FOR_GROUP: 'NOT_COORDINATOR',
};

const NAMES: ReadonlyMap<number, string> = new Map([
  ...errorCodes.map(({ code, type }): [number, string] => [code, RENAMED[type] ?? type]),
  // What came after the library's last version, and is told to requests as old as its.
  [90, 'PRODUCER_FENCED'],
  [105, 'TRANSACTIONAL_ID_NOT_FOUND'],
  [120, 'TRANSACTION_ABORTABLE'],
]);

export const nameOfCode = (code: number): string => NAMES.get(code) ?? `error ${code}`;

/** @throws StreamsError of an answer that is an error. */
export function assertDone(code: number, what: string): void {
  if (code !== 0) throw refused(nameOfCode(code), what);
}

/** Of parts that are done all or none, those that were not at fault. */
const OPERATION_NOT_ATTEMPTED = 55;

/** @throws StreamsError of an answer with an error of a part; of one that is at fault before one that is not. */
export function assertAllDone(parts: readonly { readonly errorCode: number }[], what: string): void {
  for (const { errorCode } of parts) if (errorCode !== OPERATION_NOT_ATTEMPTED) assertDone(errorCode, what);
  for (const { errorCode } of parts) assertDone(errorCode, what);
}

/** A fault of TLS, by OpenSSL's and Node's codes. */
const UNTRUSTED = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_(?:SSL|TLS)_/;

/** What the library says of a connection that broke; when that is while it was to be let in, nothing else is left of the error. */
const BROKEN =
  /Request .* timed out$|Closed connection$|Connection closed by the server$|Connection error: |Not connected$|Closed here$/;

/** Whatever the library threw, in the words of the table. Where nothing was `sent` yet, nothing can have come of it. */
export function translated(error: unknown, what: string, sent: boolean): StreamsError {
  if (isStreamsError(error)) return error;
  const { name, message, code, type } = saidBy(error);
  if (type !== undefined && typeof code === 'number') return refused(nameOfCode(code), what, error);
  if (name === 'KafkaJSSASLAuthenticationError' && !BROKEN.test(message))
    return new StreamsError('authentication-failed', `${what}: ${message}.`, error);
  if (typeof code === 'string' && UNTRUSTED.test(code))
    return new StreamsError('tls-untrusted', `${what}: ${message} (${code}).`, error);
  if (/^KafkaJS(?:Connection|ConnectionClosed|RequestTimeout|SASLAuthentication)Error$/.test(name))
    return new StreamsError(sent ? 'request-timed-out' : 'broker-unavailable', `${what}: ${message}.`, error);
  return new StreamsError('broker-refused', `${what}: ${message}.`, error);
}

/** Whether a time-out is one that the broker itself tells of. */
export const answered = (error: unknown): boolean => saidBy(error).type === 'REQUEST_TIMED_OUT';

interface Said {
  readonly name: string;
  readonly message: string;
  readonly code: unknown;
  /** Of an error of the protocol. */
  readonly type: unknown;
}

function saidBy(error: unknown): Said {
  if (!(error instanceof Error))
    return { name: '', message: 'unknown error', code: undefined, type: undefined };
  const { name, message } = error;
  return {
    name,
    message,
    code: 'code' in error ? error.code : undefined,
    type: 'type' in error ? error.type : undefined,
  };
}
