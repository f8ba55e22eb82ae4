/**
 * The one table of errors. Each code says what to do about it and whether trying again can help.
 * Exit codes: 1 a bug, 2 wrong usage or configuration, 3 input unreadable, 4 a dependency refused, 5 stopped.
 */
export const ERRORS = {
  'topology-invalid': {
    retry: false,
    exit: 2,
    mend: 'Correct the declaration; every fault is listed above.',
  },
  'capability-missing': {
    retry: false,
    exit: 2,
    mend: 'Choose a driver that has it, or a configuration that does not need it.',
  },
  'value-does-not-fit': {
    retry: false,
    exit: 1,
    mend: 'Give the named field a value of the type its schema says.',
  },
  'avro-unreadable': {
    retry: false,
    exit: 1,
    mend: 'Check that the producer writes the Confluent wire format with a schema of this subject.',
  },
  'unknown-schema': {
    retry: false,
    exit: 2,
    mend: 'Register the schema with `sepsis-streams schemas register`.',
  },
  'schema-incompatible': {
    retry: false,
    exit: 4,
    mend: 'Give every added field a default, and change no name and no type; readers of the old schema must go on.',
  },
  'registry-unavailable': {
    retry: true,
    exit: 4,
    mend: 'Check that the Schema Registry runs and that SCHEMA_REGISTRY_URL leads to it; known schemas go on without it.',
  },
  'registry-tls-untrusted': {
    retry: false,
    exit: 4,
    mend: 'Check SCHEMA_REGISTRY_CA_FILE and the host name in SCHEMA_REGISTRY_URL against the certificate of the registry.',
  },
  'registry-authentication-failed': {
    retry: false,
    exit: 4,
    mend: 'Check SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD, or SCHEMA_REGISTRY_TOKEN.',
  },
  'registry-not-authorized': {
    retry: false,
    exit: 4,
    mend: 'Give who SCHEMA_REGISTRY_USERNAME or SCHEMA_REGISTRY_TOKEN names the right to read, and to write for `schemas register`.',
  },
  'registry-refused': {
    retry: false,
    exit: 4,
    mend: 'The Schema Registry does not do this; its own reason is above.',
  },
  'not-a-registry': {
    retry: false,
    exit: 4,
    mend: 'Check SCHEMA_REGISTRY_URL, http or https, host, port and path: a Confluent-compatible Schema Registry must answer there.',
  },
  'state-unreadable': {
    retry: false,
    exit: 1,
    mend: 'The snapshot is damaged: delete it and let the engine rebuild from the log.',
  },
  'state-diverged': {
    retry: false,
    exit: 1,
    mend: 'Replay gave another state than was committed: keep the log and report it, then rebuild from the log.',
  },
  'log-truncated': {
    retry: false,
    exit: 4,
    mend: 'The log starts after the committed offset: rebuild, or lengthen the retention of the topic.',
  },
  'not-assigned': {
    retry: true,
    exit: 1,
    mend: 'The partition moved to another instance; the batch is dropped and read again there.',
  },
  fenced: {
    retry: true,
    exit: 1,
    mend: 'Another instance took over; the batch is dropped and the group is joined again.',
  },
  'commit-unknown': {
    retry: true,
    exit: 1,
    mend: 'The committed offset is read back to learn whether the transaction stands.',
  },
  'generation-fenced': {
    retry: true,
    exit: 1,
    mend: 'The group went on without this member; the batch is dropped and the group is joined again.',
  },
  'instance-fenced': {
    retry: false,
    exit: 4,
    mend: 'Another live process runs under the same slot name: give each instance a slot of its own.',
  },
  'rebalance-in-progress': {
    retry: true,
    exit: 1,
    mend: 'The group is being joined anew; the batch is dropped and read again after it.',
  },
  'concurrent-transactions': {
    retry: true,
    exit: 1,
    mend: 'The last transaction of this producer is still being written out; it is asked again at once.',
  },
  'unstable-offsets': {
    retry: true,
    exit: 1,
    mend: 'A transaction that moves these offsets is still being decided; they are asked for again.',
  },
  'sequence-out-of-order': {
    retry: true,
    exit: 1,
    mend: 'What was sent before is not known to the broker; a new producer takes over and the batch is read again.',
  },
  'invalid-transaction': {
    retry: true,
    exit: 1,
    mend: 'The transaction is not open for this; a new producer takes over and the batch is read again.',
  },
  'request-timed-out': {
    retry: true,
    exit: 4,
    mend: 'The answer was lost: whether it was done is read back before anything is done again.',
  },
  'broker-unavailable': {
    retry: true,
    exit: 4,
    mend: 'Check that the brokers run and can be reached; it is tried again with a pause.',
  },
  'not-settled': {
    retry: false,
    exit: 1,
    mend: 'Look for a fault that comes again each time, and for something that never answers.',
  },
  'fault-not-met': {
    retry: false,
    exit: 1,
    mend: 'Pipe in something that leads to it and run, or do not ask for it: the test has shown nothing.',
  },
  'broker-refused': {
    retry: false,
    exit: 4,
    mend: 'The broker does not do this; its own name for the reason is above.',
  },
  'not-authorized': {
    retry: false,
    exit: 4,
    mend: 'Give the user the right that is missing; `sepsis-streams topics acls` lists what each role needs.',
  },
  'authentication-failed': {
    retry: false,
    exit: 4,
    mend: 'Check KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_SASL_MECHANISM against what the listener expects.',
  },
  'tls-untrusted': {
    retry: false,
    exit: 4,
    mend: 'Check KAFKA_TLS_CA_FILE and the host name in KAFKA_BOOTSTRAP_SERVERS against the certificate of the listener.',
  },
  'record-too-large': {
    retry: false,
    exit: 2,
    mend: 'Raise `max.message.bytes` of the topic, or keep the record smaller.',
  },
  'batch-corrupt': {
    retry: true,
    exit: 4,
    mend: 'It is fetched again; if it comes again, the disk of the broker or the network between is damaged.',
  },
  'snapshot-store-unavailable': {
    retry: true,
    exit: 4,
    mend: 'Check that Redis runs, can be reached and has memory; alerts go on without it, restarts take longer.',
  },
  'snapshot-store-refused': {
    retry: false,
    exit: 4,
    mend: 'Check REDIS_USERNAME, REDIS_PASSWORD and REDIS_TLS_CA, and that the user may use keys below `sepsis:`.',
  },
  usage: { retry: false, exit: 2, mend: 'See `--help`.' },
  configuration: { retry: false, exit: 2, mend: 'Set the named variables as described.' },
  'input-unreadable': {
    retry: false,
    exit: 3,
    mend: 'Give a readable file of NDJSON, a FHIR Bundle or a recording, plain or gzip.',
  },
  'input-without-fhir': { retry: false, exit: 3, mend: 'Give FHIR R4 resources, envelopes or a recording.' },
  'input-too-large': { retry: false, exit: 3, mend: 'Split the input; NDJSON streams with `--order as-is`.' },
  'output-unwritable': {
    retry: false,
    exit: 4,
    mend: 'Name a directory that this user may write to, on a disk with room.',
  },
  stopped: { retry: false, exit: 5, mend: 'Nothing was written; run it again.' },
  'tool-missing': { retry: false, exit: 4, mend: 'Install it, or use `docker/compose.yaml`.' },
  'download-failed': {
    retry: true,
    exit: 4,
    mend: 'Check that this machine reaches its package registries, and run it again.',
  },
  'server-not-started': {
    retry: false,
    exit: 4,
    mend: 'Read the log of the server; free memory, disk or the named file, and start it again.',
  },
  'node-too-old': {
    retry: false,
    exit: 2,
    mend: 'Use Node 24.6 or newer; `npm ci` in a checkout brings one.',
  },
} as const;

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
