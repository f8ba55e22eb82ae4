import { FHIR_LOGIN_VARIABLES } from '../configuration/fhir-source.ts';
import { DRIVER_VARIABLE, KAFKA_VARIABLES } from '../configuration/kafka.ts';

/** What `publish --help` prints. */
export const PUBLISH_HELP: string = `sepsis-streams publish: FHIR R4 into the topics that the topology reads

  npx sepsis-streams publish FILE... [OPTIONS]                      files, or - for standard input
  npx sepsis-streams publish --fhir-server --cursor FILE [OPTIONS]  a FHIR server, read by _lastUpdated
  npx sepsis-streams publish --listen [OPTIONS]                     what is posted to POST /fhir

  FILE is NDJSON of resources or envelopes, a Bundle, or a recording with one Kafka record on each line;
  plain or gzip. Each resource goes to its topic by type and code, with its patient as key; what is no
  FHIR goes to sepsis.dead-letters, and its line is named. Acknowledged by all replicas, idempotent.

  --format FORMAT    values as bare resources (bare) or in envelopes (envelope); unless given, as they come
  --patients FILE    Patient resources, whose identifiers resolve subjects without a reference
  --base URL         the FHIR server that relative references belong to; the same as run --base
  --source NAME      source-system of envelopes (sepsis-streams)
  --create-topics    make the topics that are missing; unless given they must be there
  --help             this text

  Of FILE...:
  --rate N           at most N records each second
  --speed N          a recording at its own pace (1), or N times faster
  --shift-to-now     move the times of each patient so that his newest is now, or when it is sent with
                     --speed; order and distances stay
  --live             the input is of now, as from a pipe: an issued that a wrong clock has set is not
                     believed; unless given it is taken for when each record arrived
  --dry-run          read and count all, send nothing; needs no Kafka

  Of --fhir-server:
  --cursor FILE      keeps how far it has read; moved only when all before is acknowledged
  --type TYPE        resource type, with or without conditions (Observation?category=vital-signs); may be
                     repeated (Encounter, MedicationRequest, Observation)
  --since TIME       begin there in place of with everything, when there is no cursor
  --overlap TIME     read so much again each time, for what the server commits late (60s)
  --every TIME       pause between rounds (5s)
  --page-size N      resources of a page (200)
  --once             end after one round

Environment:
${KAFKA_VARIABLES}${DRIVER_VARIABLE}
Of --fhir-server:
${FHIR_LOGIN_VARIABLES}
Of --listen, and of --fhir-server where it is to tell of itself:
  HTTP_PORT                  port of POST /fhir, POST /fhir/{type}, PUT /fhir/{type}/{id} of --listen, and of
                             /livez, /readyz, /metrics of both (0: any free one)
  HTTP_HOST                  address to listen on: 127.0.0.1 unless set, 0.0.0.0 for all
  HTTP_TOKEN                 bearer token for all but the probes, or HTTP_TOKEN_FILE; --listen needs it
  HTTP_TLS_CERT_FILE         TLS with this certificate in PEM, with HTTP_TLS_KEY_FILE
  HTTP_TLS_KEY_FILE          its key in PEM

Exit codes: 0 done, dead letters included; 1 a bug; 2 wrong usage or configuration; 3 a file cannot be
read or holds no FHIR; 4 Kafka or the FHIR server cannot be had or refuses, or the cursor cannot be written;
5 stopped by a signal before the end.
More in docs/publishing.md.
`;
