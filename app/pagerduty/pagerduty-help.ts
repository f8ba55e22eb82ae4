import { HTTP_VARIABLES } from '../configuration/http.ts';
import { DRIVER_VARIABLE, KAFKA_VARIABLES } from '../configuration/kafka.ts';
import { PAGERDUTY_VARIABLES } from '../configuration/pagerduty.ts';
import { PSEUDONYM_VARIABLES } from '../configuration/pseudonym.ts';
import { REGISTRY_VARIABLES } from '../configuration/registry.ts';

/** What `pagerduty --help` prints. */
export const PAGERDUTY_HELP: string = `sepsis-streams pagerduty: pages the team through PagerDuty

  npx sepsis-streams pagerduty [OPTIONS]

  Reads clinical.alerts.sepsis as a consumer group of its own, pages when an episode starts and when it gets
  worse, and takes the page back when it is over. No page is lost and none is doubled: whatever fails is
  tried again until PagerDuty has accepted it. A page names no patient unless PAGE_DETAILS asks for it.
  SIGTERM ends what is under way (exit code 0); a second signal, or 30 s, ends it as it is (5). More in
  docs/paging.md.

  --slot NAME          name of this instance, unless given the host's name
  --application NAME   the consumer group is NAME-pagerduty (sepsis-streams)
  --from WHERE         earliest: goes on where records were deleted before they were read, with the first
                       that are left. An offset, a time (2026-01-05T10:00:00Z) or how long ago (6h): begins
                       there, once; what was carried out is not carried out again
  --dry-run            prints what would have been sent of what the topic holds, a line each, and why the
                       rest would not. Names no patient, sends nothing, commits nothing
  --help               this text

Environment:
${PAGERDUTY_VARIABLES}${KAFKA_VARIABLES}${DRIVER_VARIABLE}${REGISTRY_VARIABLES}${PSEUDONYM_VARIABLES}${HTTP_VARIABLES}
Exit codes: 0 done, 1 a bug, 2 wrong usage or configuration, 4 a dependency or a right refused, 5 aborted.
`;
