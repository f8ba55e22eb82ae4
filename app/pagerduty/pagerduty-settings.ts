import type { Access } from '../../connectors/kafka-client/access.ts';
import type { HttpSettings } from '../configuration/http.ts';
import type { PagerDutySettings } from '../configuration/pagerduty.ts';
import type { RegistrySettings } from '../configuration/registry.ts';
import type { PagerDutyOptions } from './pagerduty-options.ts';

/** What the sink needs. Secrets are read when they are used. */
export interface PagingSettings {
  readonly options: PagerDutyOptions;
  readonly kafka: Access;
  readonly registry: RegistrySettings;
  readonly http: HttpSettings | undefined;
  readonly pagerDuty: PagerDutySettings;
}
