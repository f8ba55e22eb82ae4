import { type ErrorCode, StreamsError } from '../../topology/model/errors.ts';

/** Kafka's names of errors in the words of the table. What is not here is `broker-refused`. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ILLEGAL_GENERATION: 'generation-fenced',
  UNKNOWN_MEMBER_ID: 'generation-fenced',
  // What a commit of a member is told once its group is gone, offsets and all.
  GROUP_ID_NOT_FOUND: 'generation-fenced',
  FENCED_INSTANCE_ID: 'instance-fenced',
  INCONSISTENT_GROUP_PROTOCOL: 'group-mixed',
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

/** An error of the protocol by its name, and of what: topics, groups and ids, never a key or a value. */
export function refused(name: string, what: string, cause?: unknown): StreamsError {
  const code = CODES[name] ?? (MOVED.has(name) ? 'broker-unavailable' : 'broker-refused');
  return new StreamsError(code, `${what}: the broker says ${name}.`, cause);
}
