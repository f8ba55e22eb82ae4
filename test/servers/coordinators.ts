import { randomUUID } from 'node:crypto';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import { seconds } from '../../topology/model/time.ts';

const ANY = { topic: 'any', partition: 0 };

/**
 * Resolves when transactions and groups are coordinated. A new cluster makes the topics for it when somebody asks first, which takes a
 * busy machine longer than a driver asks before it gives the refusal to its caller.
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
  try {
    await untilTaken(() => transactions.init());
    await untilTaken(() => driver.admin().committed(name, [ANY]));
  } finally {
    await driver.close();
  }
}

/** What may be tried again is tried again, until the limit of whoever waits for the server. */
async function untilTaken(ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (!isStreamsError(error) || !error.retry) throw error;
    }
  }
}
