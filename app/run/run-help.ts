import { HTTP_VARIABLES } from '../configuration/http.ts';
import { DRIVER_VARIABLE, KAFKA_VARIABLES } from '../configuration/kafka.ts';
import { PSEUDONYM_VARIABLES } from '../configuration/pseudonym.ts';
import { REDIS_VARIABLES } from '../configuration/redis.ts';
import { REGISTRY_VARIABLES } from '../configuration/registry.ts';

/** What `run --help` prints. */
export const RUN_HELP: string = `sepsis-streams run: the topology on a Kafka cluster, as one or more instances of its consumer group

  npx sepsis-streams run [OPTIONS]

  Start more instances, each with a slot of its own, to share the work. SIGTERM finishes the batch,
  commits and saves snapshots (exit code 0); the instance stays a member of the group, so one that is
  started again under its slot within its session takes its own partitions back and nobody else stops. After
  that the others take them over. A second signal, or 30 s, aborts (exit code 5). Of two live processes
  under one slot the older one ends (exit code 4). It creates no topic and registers no schema: what is
  missing is named before it joins the group. More in docs/operation.md.

  --slot NAME          name of this instance, unless given the host's name
  --workers N          instances in this process, a thread each (1); the slots of several are NAME-0, NAME-1
  --application NAME   name of the consumer group and of the snapshots (sepsis-streams)
  --leave              SIGTERM also leaves the group: this instance is not coming back
  --from earliest      goes on where records were deleted before they were read, with the first that are
                       left; without it that is an error
  --session-timeout T  how long a silent instance keeps its partitions, 6s to 30m (6s)
  --stall-after TIME   tells what stands still for so long although there is something to do (60s)
  --rule RULE          how values in the window count: any abnormal one (any, default) or the latest (latest)
  --lateness TIME      how late a vital sign may come: 90s, 15m, 24h (default), 7d or unlimited
  --base URL           the FHIR server that relative references belong to
  --patients FILE      Patient resources, whose identifiers resolve subjects without a reference
  --help               this text

Environment:
${KAFKA_VARIABLES}${DRIVER_VARIABLE}${REGISTRY_VARIABLES}${REDIS_VARIABLES}${PSEUDONYM_VARIABLES}${HTTP_VARIABLES}
Exit codes: 0 done, 1 a bug, 2 wrong usage or configuration, 4 a dependency or a right refused, 5 aborted;
of several instances the worst.
`;
