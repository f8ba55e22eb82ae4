import { StreamsError } from '../model/errors.ts';
import type { Duration } from '../model/time.ts';
import type { ConsumerPort, TopicPartition, TransactionPort } from '../ports/kafka-driver.ts';
import { AtLeastOnce } from './at-least-once.ts';
import type { WorkerSettings } from './settings.ts';

/** What is committed together, and with what. */
export interface Transactions {
  /** Name of the scope of an input partition: all of one scope is committed in one transaction. */
  readonly scopeOf: (at: TopicPartition) => string;
  /** The one scope of a worker, whatever it owns. Undefined: scopes are partitions, and come and go with the assignment. */
  readonly own: string | undefined;
  /** A producer under the transactional id of the scope. */
  readonly producer: (scope: string) => TransactionPort;
}

/**
 * What the commits of a worker are made with, by the guarantee that was asked for. A driver that has no fence but transactional ids
 * gets one to each input partition: whoever owns the partition fences whoever owned it before, and nobody else.
 * @throws StreamsError `capability-missing` when the driver has not what it needs.
 */
export function transactionsOf(
  { driver, application, slot, guarantee = 'exactly-once' }: WorkerSettings,
  consumer: ConsumerPort,
  timeout: Duration,
): Transactions {
  const whole = { scopeOf: () => slot, own: slot };
  if (guarantee === 'at-least-once')
    return { ...whole, producer: () => new AtLeastOnce(driver.producer(), consumer) };
  const { transactions, stableOffsets, fencing } = driver.capabilities;
  if (!transactions || !stableOffsets) {
    throw new StreamsError(
      'capability-missing',
      `Driver ${driver.name} has no ${transactions ? 'stable reads of committed offsets' : 'transactions'}, which exactly once needs; at least once does without.`,
    );
  }
  const producer = (scope: string): TransactionPort =>
    driver.transactions({ transactionalId: `${application}-${scope}`, timeout });
  return fencing === 'generation'
    ? { ...whole, producer }
    : { scopeOf: ({ topic, partition }) => `${topic}-${partition}`, own: undefined, producer };
}
