/** Of a Kafka cluster and of what it refuses. */
export const KAFKA_ERRORS = {
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
  'group-mixed': {
    retry: false,
    exit: 2,
    mend: 'Give all instances of the application the same KAFKA_DRIVER; to change it, end all of them first.',
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
  'broker-refused': {
    retry: false,
    exit: 4,
    mend: 'The broker does not do this; its own name for the reason is above.',
  },
  'broker-unfit': {
    retry: false,
    exit: 4,
    mend: 'Kafka must be 3.9 or newer: update the broker.',
  },
  'not-authorized': {
    retry: false,
    exit: 4,
    mend: 'Give the user the right that is missing; `sepsis-streams topics acls` lists what each role needs.',
  },
  'authentication-failed': {
    retry: false,
    exit: 4,
    mend: 'Check KAFKA_USERNAME, KAFKA_PASSWORD or KAFKA_TOKEN, and KAFKA_SASL_MECHANISM, against what the listener expects.',
  },
  'tls-untrusted': {
    retry: false,
    exit: 4,
    mend: 'Check KAFKA_TLS_CA_FILE and the host name in KAFKA_BOOTSTRAP_SERVERS against the certificate of the listener, and KAFKA_TLS_CERT_FILE against what it trusts.',
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
} as const;
