/** Of commands, files and the machine that they run on. */
export const PRODUCT_ERRORS = {
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
  'http-address-unavailable': {
    retry: false,
    exit: 4,
    mend: 'Choose another HTTP_PORT or HTTP_HOST, or end what listens there.',
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
