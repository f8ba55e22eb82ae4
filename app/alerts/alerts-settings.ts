import type { Access } from '../../connectors/kafka-client/access.ts';
import type { RegistrySettings } from '../configuration/registry.ts';
import type { AlertsOptions } from './alerts-options.ts';

/** What printing alerts needs. */
export interface AlertsSettings {
  readonly options: AlertsOptions;
  readonly kafka: Access;
  readonly registry: RegistrySettings;
}
