/** What `replay --help` prints. */
export const REPLAY_HELP: string = `sepsis-streams replay: recorded FHIR through the sepsis topology, on an in-memory Kafka in this process

  npx sepsis-streams replay FILE... [OPTIONS]

  FILE is NDJSON of FHIR R4 resources or envelopes, a FHIR Bundle, or a recording with one Kafka record
  on each line: {"topic","key","offset","arrival","value"}. Plain or gzip; - is standard input.
  It prints a summary. With --out it writes, as JSON lines, episodes, fires (each onset and each rise of
  the score), alerts and dead letters, and summary.json; files of these names are replaced. The pages of the
  summary are the fires; which of them page, and what else does, is the policy of docs/paging.md.

  --out DIR         where the results go
  --rule RULE       how values in the window count: any abnormal one (any, default) or the latest (latest)
  --order ORDER     as-is (default; streams, several files merged by arrival), event-time, reversed or
                    shuffled; these three hold the whole input, up to 2 GB
  --seed N          another shuffle (default 0)
  --lateness TIME   how late a vital sign may come: 90s, 15m, 24h (default), 7d or unlimited
  --patients FILE   Patient resources, whose identifiers resolve subjects without a reference
  --base URL        the FHIR server that relative references belong to
  --explain         also write facts.jsonl and states.jsonl: every value held at the end, and each time
                    at which the patient was positive; holds every value in memory
  --partitions N    of each topic (default 4)
  --instances N     that share the work (default 2)
  --help            this text

  Exit codes: 0 done, dead letters included; 1 a bug; 2 wrong usage; 3 a file cannot be read or holds no
  FHIR; 4 the results cannot be written; 5 stopped by a signal.
  It screens; it does not diagnose. Not a medical device.
`;
