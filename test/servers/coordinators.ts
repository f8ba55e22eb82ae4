import { randomUUID } from 'node:crypto';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import { seconds } from '../../topology/model/time.ts';
import { silent } from '../../topology/ports/telemetry.ts';
import { Patience } from '../../topology/runtime/patience.ts';

/** Less than a hook may take. Milliseconds. */
const LONGEST = 120_000;
const ANY = { topic: 'any', partition: 0 };

/**
 * Resolves when transactions and groups are coordinated. A new cluster makes the topics for it when somebody asks first, which takes a
 * busy machine longer than a driver asks before it gives the refusal to its caller.
 * @throws StreamsError what is refused for good, or for two minutes.
 */
export async function untilCoordinated(bootstrap: string): Promise<void> {
  const access = {
    clientId: 'first',
    bootstrap: bootstrap.split(','),
    requestTimeout: 10_000,
    connectTimeout: 3_000,
  };
  const driver = new PlatformaticDriver(access, systemClock);
  const name = `first-${randomUUID()}`;
  const transactions = driver.transactions({ transactionalId: name, timeout: seconds(10) });
  const patience = new Patience(systemClock, silent);
  const began = Date.now();
  const late = (): boolean => Date.now() - began > LONGEST;
  try {
    await patience.until(() => transactions.init(), late);
    await patience.until(() => driver.admin().committed(name, [ANY]), late);
  } finally {
    await driver.close();
  }
}
