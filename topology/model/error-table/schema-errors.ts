/** Of schemas and of what is written with them. */
export const SCHEMA_ERRORS = {
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
  'schema-not-read': {
    retry: true,
    exit: 4,
    mend: 'Nothing, while the Schema Registry answers: the schema is fetched and the partition goes on.',
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
} as const;
