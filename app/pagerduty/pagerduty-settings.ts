import type { Access } from '../../connectors/kafka-client/access.ts';
import type { HttpSettings } from '../configuration/http.ts';
import type { DriverName } from '../configuration/kafka.ts';
import type { PagerDutySettings } from '../configuration/pagerduty.ts';
import type { RegistrySettings } from '../configuration/registry.ts';
import type { PagerDutyOptions } from './pagerduty-options.ts';

/** What the sink needs. Secrets are read when they are used. */
export interface PagingSettings {
  readonly options: PagerDutyOptions;
  readonly kafka: Access;
  readonly driver: DriverName;
  readonly registry: RegistrySettings;
  readonly http: HttpSettings | undefined;
  readonly pagerDuty: PagerDutySettings;
  /** Key of the pseudonyms in the audit trail. */
  readonly pseudonymSecret: string;
}
