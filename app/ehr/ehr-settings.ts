import type { Access } from '../../connectors/kafka-client/access.ts';
import type { FhirSettings } from '../configuration/fhir.ts';
import type { HttpSettings } from '../configuration/http.ts';
import type { DriverName } from '../configuration/kafka.ts';
import type { RegistrySettings } from '../configuration/registry.ts';
import type { EhrOptions } from './ehr-options.ts';

/** What the sink needs. Secrets are read when they are used. */
export interface EhrSettings {
  readonly options: EhrOptions;
  readonly kafka: Access;
  readonly driver: DriverName;
  readonly registry: RegistrySettings;
  readonly http: HttpSettings | undefined;
  readonly fhir: FhirSettings;
  /** Key of the pseudonyms in the audit trail. */
  readonly pseudonymSecret: string;
}
