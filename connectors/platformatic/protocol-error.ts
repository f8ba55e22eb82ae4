import { NetworkError, protocolErrorsCodesById, TimeoutError } from '@platformatic/kafka';
import { type ErrorCode, isStreamsError, StreamsError } from '../../topology/model/errors.ts';

/** Kafka's names of errors in the words of the table. What is not here is `broker-refused`. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ILLEGAL_GENERATION: 'generation-fenced',
  UNKNOWN_MEMBER_ID: 'generation-fenced',
  // What a commit of a member is told once its group is gone, offsets and all.
  GROUP_ID_NOT_FOUND: 'generation-fenced',
  FENCED_INSTANCE_ID: 'instance-fenced',
  REBALANCE_IN_PROGRESS: 'rebalance-in-progress',
  INVALID_PRODUCER_EPOCH: 'fenced',
  PRODUCER_FENCED: 'fenced',
  INVALID_PRODUCER_ID_MAPPING: 'fenced',
  TRANSACTION_COORDINATOR_FENCED: 'fenced',
  CONCURRENT_TRANSACTIONS: 'concurrent-transactions',
  UNSTABLE_OFFSET_COMMIT: 'unstable-offsets',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'sequence-out-of-order',
  UNKNOWN_PRODUCER_ID: 'sequence-out-of-order',
  INVALID_TXN_STATE: 'invalid-transaction',
  TRANSACTION_ABORTABLE: 'invalid-transaction',
  OFFSET_OUT_OF_RANGE: 'log-truncated',
  INVALID_TOPIC_EXCEPTION: 'configuration',
  MESSAGE_TOO_LARGE: 'record-too-large',
  RECORD_LIST_TOO_LARGE: 'record-too-large',
  CORRUPT_MESSAGE: 'batch-corrupt',
  TOPIC_AUTHORIZATION_FAILED: 'not-authorized',
  GROUP_AUTHORIZATION_FAILED: 'not-authorized',
  CLUSTER_AUTHORIZATION_FAILED: 'not-authorized',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'not-authorized',
  SASL_AUTHENTICATION_FAILED: 'authentication-failed',
  UNSUPPORTED_SASL_MECHANISM: 'authentication-failed',
  REQUEST_TIMED_OUT: 'request-timed-out',
  NETWORK_EXCEPTION: 'request-timed-out',
};

/**
 * The cluster moved something: who leads or coordinates must be asked again. A broker that does not know a topic may have just started;
 * whether there is such a topic is then said by all of them.
 */
const MOVED: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'INCONSISTENT_TOPIC_ID',
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'REPLICA_NOT_AVAILABLE',
  'BROKER_NOT_AVAILABLE',
  'LISTENER_NOT_FOUND',
  'OFFSET_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_CONTROLLER',
  'KAFKA_STORAGE_ERROR',
  // A new leader does not know yet how far its log is committed.
  'OFFSET_NOT_AVAILABLE',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
]);

export const nameOfCode = (code: number): string =>
  Reflect.get(protocolErrorsCodesById, code) ?? `error ${code}`;

/** An error of the protocol by its name, and of what: topics, groups and ids, never a key or a value. */
export function refused(name: string, what: string, cause?: unknown): StreamsError {
  const code = CODES[name] ?? (MOVED.has(name) ? 'broker-unavailable' : 'broker-refused');
  return new StreamsError(code, `${what}: the broker says ${name}.`, cause);
}

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
  if (/CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY/.test(system))
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

/** The first name of a protocol error in a tree of errors. */
function protocolName(error: unknown, depth = 0): string | undefined {
  const { apiId, errors = [], cause } = nested(error);
  if (typeof apiId === 'string') return apiId;
  if (depth > 8) return undefined;
  for (const inner of [...errors, cause]) {
    const found = inner === undefined ? undefined : protocolName(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The innermost error: what really happened. */
function rootOf(error: unknown, depth = 0): unknown {
  const { errors, cause } = nested(error);
  const inner = errors?.[0] ?? cause;
  return inner === undefined || depth > 8 ? error : rootOf(inner, depth + 1);
}
