import { transactionalIdOf } from '../../connectors/sink/ledger.ts';
import { limitsOf } from '../../connectors/sink/settings.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';
import { Abandoned } from '../../topology/runtime/abandoned.ts';

/** What dead workers of a sink's group left open; `own` is the slot of the one that takes over from them. */
export const abandonedBy = (driver: KafkaDriver, clock: Clock, application: string, own: string): Abandoned =>
  new Abandoned({
    admin: driver.admin(),
    clock,
    application,
    own,
    producer: (slot) =>
      driver.transactions({
        transactionalId: transactionalIdOf(application, slot),
        timeout: limitsOf({}).transaction,
      }),
  });
