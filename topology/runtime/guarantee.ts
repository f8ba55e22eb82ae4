import { StreamsError } from '../model/errors.ts';
import type { Duration } from '../model/time.ts';
import type { ConsumerPort, TransactionPort } from '../ports/kafka-driver.ts';
import { AtLeastOnce } from './at-least-once.ts';
import type { WorkerSettings } from './settings.ts';

/**
 * What the commits of a worker are made with, by the guarantee that was asked for.
 * @throws StreamsError `capability-missing` when the driver has not what it needs.
 */
export function transactionsOf(
  { driver, application, slot, guarantee = 'exactly-once' }: WorkerSettings,
  consumer: ConsumerPort,
  timeout: Duration,
): () => TransactionPort {
  if (guarantee === 'at-least-once') return () => new AtLeastOnce(driver.producer(), consumer);
  const { transactions, stableOffsets } = driver.capabilities;
  if (!transactions || !stableOffsets) {
    throw new StreamsError(
      'capability-missing',
      `Driver ${driver.name} has no ${transactions ? 'stable reads of committed offsets' : 'transactions'}, which exactly once needs; at least once does without.`,
    );
  }
  return () => driver.transactions({ transactionalId: `${application}-${slot}`, timeout });
}
