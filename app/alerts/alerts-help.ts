import { KAFKA_VARIABLES } from '../configuration/kafka.ts';
import { REGISTRY_VARIABLES } from '../configuration/registry.ts';

/** What `alerts --help` prints. */
export const ALERTS_HELP: string = `sepsis-streams alerts: prints the alerts topic, a line for each record

  npx sepsis-streams alerts [OPTIONS]

  It NAMES PATIENTS and shows what was measured: that is what it is for. Print where that may be seen.

  Reads clinical.alerts.sepsis as a reader of committed records outside every consumer group: it
  commits nothing and disturbs nobody, and needs no right but to read the topic. Records come in the
  order in which they were written; a record is a whole snapshot of its episode, so the last one of an
  alert holds. It ends at the end of the topic. More in docs/alerts-topic.md.

  A line: when the event behind it went through (of a tick the tick's time), status, criteria met, patient;
  then each criterion that is met with its value and how old that was (* preliminary, ? unit assumed), what
  is missing, since when and until when.
  NO_COLOR turns colours off, FORCE_COLOR on.

  --follow             goes on with what is written from now on, until Ctrl-C (exit code 0)
  --patient REF        only this patient: the whole reference, or its end, such as Patient/123 or 123
  --from FROM          earliest (default), or only what was written so long ago at most: 90s, 15m, 24h, 7d
  --json               the whole records as JSON, a line each, as replay writes its alerts.jsonl
  --help               this text

Environment:
${KAFKA_VARIABLES}${REGISTRY_VARIABLES}
Exit codes: 0 done, 1 a bug, 2 wrong usage or configuration, 4 a dependency or a right refused.
It screens; it does not diagnose. Not a medical device.
`;
