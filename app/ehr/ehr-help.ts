import { FHIR_VARIABLES } from '../configuration/fhir.ts';
import { HTTP_VARIABLES } from '../configuration/http.ts';
import { DRIVER_VARIABLE, KAFKA_VARIABLES } from '../configuration/kafka.ts';
import { PSEUDONYM_VARIABLES } from '../configuration/pseudonym.ts';
import { REGISTRY_VARIABLES } from '../configuration/registry.ts';

/** What `ehr --help` prints. */
export const EHR_HELP: string = `sepsis-streams ehr: writes alerts back to a FHIR R4 server

  npx sepsis-streams ehr [OPTIONS]

  Reads clinical.alerts.sepsis as a consumer group of its own and writes each alert as resources that are
  amended while the episode lasts. Repeated, it leaves one of each. Alerts that the server will never take
  become dead letters; everything else is tried again until it is written. With Communication in
  EHR_RESOURCES it reads sepsis.audit too, as NAME-ehr-pages, and writes one of each page.
  SIGTERM ends what is under way (exit code 0); a second signal, or 30 s, ends it as it is (5). More in
  docs/ehr.md.

  --slot NAME          name of this instance, unless given the host's name
  --application NAME   the consumer group is NAME-ehr (sepsis-streams)
  --from earliest      goes on where records were deleted before they were read, with the first that are
                       left; without it that is an error
  --dry-run            prints the Bundle of each alert in the topic, a line each, to standard output: patient
                       data. Writes nothing, commits nothing, and asks the FHIR server nothing
  --help               this text

Environment:
${FHIR_VARIABLES}${KAFKA_VARIABLES}${DRIVER_VARIABLE}${REGISTRY_VARIABLES}${PSEUDONYM_VARIABLES}${HTTP_VARIABLES}
Exit codes: 0 done, 1 a bug, 2 wrong usage or configuration, 4 a dependency or a right refused, 5 aborted.
`;
