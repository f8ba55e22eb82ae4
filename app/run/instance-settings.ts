import type { Access } from '../../connectors/kafka-client/access.ts';
import type { RedisSnapshotOptions } from '../../connectors/redis/snapshot-store.ts';
import { type DriverName, driverIn, kafkaSettings } from '../configuration/kafka.ts';
import { pseudonymSecretIn } from '../configuration/pseudonym.ts';
import { redisSettings } from '../configuration/redis.ts';
import { type RegistrySettings, registrySettings } from '../configuration/registry.ts';
import type { RunOptions } from './run-options.ts';

/** What one instance needs. Secrets are read when they are used, so it cannot go from thread to thread. */
export interface InstanceSettings {
  readonly slot: string;
  readonly options: RunOptions;
  readonly kafka: Access;
  readonly driver: DriverName;
  readonly registry: RegistrySettings;
  readonly redis: RedisSnapshotOptions | undefined;
  /** Key of the pseudonyms in the audit trail. */
  readonly pseudonymSecret: string;
}

/** From the command line and the environment; what is wrong is added to `faults`. */
export function instanceSettings(
  options: RunOptions,
  slot: string,
  environment: Readonly<Record<string, string | undefined>>,
  faults: string[],
): InstanceSettings {
  return {
    slot,
    options,
    kafka: kafkaSettings(environment, `${options.application}-${slot}`, faults),
    driver: driverIn(environment, faults),
    registry: registrySettings(environment, faults),
    redis: redisSettings(environment, faults),
    pseudonymSecret: pseudonymSecretIn(environment, faults),
  };
}
