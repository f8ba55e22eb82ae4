/** Of commands, files and the machine that they run on. */
export const PRODUCT_ERRORS = {
  usage: { retry: false, exit: 2, mend: 'See `--help`.' },
  configuration: { retry: false, exit: 2, mend: 'Set the named variables and options as described.' },
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
  'http-address-unavailable': {
    retry: false,
    exit: 4,
    mend: 'Choose another HTTP_PORT or HTTP_HOST, or end what listens there.',
  },
  'fhir-unavailable': {
    retry: true,
    exit: 4,
    mend: 'Check FHIR_BASE_URL and that the FHIR server is up; it is tried again.',
  },
  'fhir-conflict': {
    retry: true,
    exit: 4,
    mend: 'Somebody else writes the same resource; it is read again, compared, and tried again.',
  },
  'fhir-patient-missing': {
    retry: true,
    exit: 4,
    mend: 'Load the patient into the FHIR server; it is tried again for as long as EHR_PATIENT_WAIT says.',
  },
  'fhir-alert-missing': {
    retry: true,
    exit: 4,
    mend: 'The Observation of the alert is not on the FHIR server yet; it is tried again, an hour longer than EHR_PATIENT_WAIT says.',
  },
  'fhir-not-authorized': {
    retry: false,
    exit: 4,
    mend: 'Check the credentials and their scopes: to read and to write each of EHR_RESOURCES.',
  },
  'fhir-tls-untrusted': {
    retry: false,
    exit: 4,
    mend: 'Name the authority that signed it in FHIR_CA_FILE, and the host that it was made for in FHIR_BASE_URL.',
  },
  'fhir-unfit': {
    retry: false,
    exit: 4,
    mend: 'Give the base of a FHIR R4 server in FHIR_BASE_URL, and in EHR_RESOURCES what it lets be written.',
  },
  'pagerduty-unavailable': {
    retry: true,
    exit: 4,
    mend: 'Check that PAGERDUTY_URL can be reached from here; pages wait, and none is lost.',
  },
  'pagerduty-throttled': {
    retry: true,
    exit: 4,
    mend: 'Lower PAGERDUTY_RATE when several instances share a routing key, or give units keys of their own.',
  },
  'pagerduty-tls-untrusted': {
    retry: true,
    exit: 4,
    mend: 'Check PAGERDUTY_CA_FILE and the host name in PAGERDUTY_URL against the certificate of who answers there.',
  },
  'pagerduty-key-refused': {
    retry: true,
    exit: 4,
    mend: 'Check PAGERDUTY_API_KEY or PAGERDUTY_ROUTING_FILE: integration keys of type Events API v2. Pages wait until then.',
  },
  'pages-unreadable': {
    retry: false,
    exit: 4,
    mend: 'Another version of this program wrote it: run that, or a newer one.',
  },
  'fhir-read-refused': {
    retry: false,
    exit: 4,
    mend: 'Check the credentials and their scopes: to read and to search each --type.',
  },
  'fhir-search-unfit': {
    retry: false,
    exit: 4,
    mend: 'Give the base of a FHIR R4 server in FHIR_BASE_URL, as its own links name it, and searches that it knows; see docs/publishing.md.',
  },
  'cursor-unfit': {
    retry: false,
    exit: 2,
    mend: 'Give --cursor the file that this server was read with before, or a new one.',
  },
  'resource-unfit': {
    retry: false,
    exit: 2,
    mend: 'Give a FHIR R4 Observation, Encounter, MedicationRequest, DiagnosticReport or ServiceRequest.',
  },
  'publisher-full': {
    retry: true,
    exit: 4,
    mend: 'Await what `publish` returned, or `ready()`, before giving more.',
  },
  'publisher-closed': { retry: false, exit: 1, mend: 'Make another one.' },
  'publish-stopped': {
    retry: false,
    exit: 5,
    mend: 'What was acknowledged stays. Publishing all of it again does no harm: a version that is known is not counted twice.',
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
