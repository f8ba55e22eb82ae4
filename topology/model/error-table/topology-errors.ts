/** Of the engine: its declaration, its state and its log. */
export const TOPOLOGY_ERRORS = {
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
  'state-unreadable': {
    retry: false,
    exit: 1,
    mend: 'The snapshot is damaged: delete it and let the engine rebuild from the log.',
  },
  'state-diverged': {
    retry: false,
    exit: 1,
    mend: 'Replay gave another state than was committed: keep the log and report it, then see Backup and rebuild in docs/operation.md.',
  },
  'log-truncated': {
    retry: false,
    exit: 4,
    mend: 'The log does not hold what was to be read on: it begins later (lengthen the retention of the topic), or its end was lost (an unclean election, a topic made anew). Find out what is missing, then rebuild.',
  },
  'topics-unfit': {
    retry: false,
    exit: 4,
    mend: '`sepsis-streams topics create` makes what is missing; `sepsis-streams topics check` looks at all of it.',
  },
  'input-lost': {
    retry: false,
    exit: 4,
    mend: 'Lengthen the retention of the topic. `--from earliest` goes on with the first records that are left, and says what is skipped.',
  },
  'log-ends-early': {
    retry: false,
    exit: 4,
    mend: 'The topic was made anew, or brokers lost what they had acknowledged. For a source, `--from earliest` reads what is there; else see docs/operation.md.',
  },
  'offsets-missing': {
    retry: false,
    exit: 4,
    mend: 'Give --application the name that it had before. If its offsets are gone, `--from earliest` works through everything once more: alerts come again under the ids that they had.',
  },
  'partitions-changed': {
    retry: false,
    exit: 4,
    mend: 'Partitions that were added cannot be taken away: see docs/operation.md, Partitions.',
  },
  'not-assigned': {
    retry: true,
    exit: 1,
    mend: 'The partition moved to another instance; the batch is dropped and read again there.',
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
  'snapshot-store-unavailable': {
    retry: true,
    exit: 4,
    mend: 'Check that Redis runs, can be reached and has memory; alerts go on without it, restarts take longer.',
  },
  'snapshot-store-refused': {
    retry: false,
    exit: 4,
    mend: 'Check REDIS_USERNAME, REDIS_PASSWORD and REDIS_TLS_CA_FILE, and that the user may use keys below `sepsis:`.',
  },
} as const;
