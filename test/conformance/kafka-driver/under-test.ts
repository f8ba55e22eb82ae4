import type { Duration } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';

/** How the suite gets at an implementation: a cluster, and clients of it. */
export interface KafkaUnderTest {
  /** Another client process with the same cluster. */
  driver(): KafkaDriver;
  /** A topic that nobody else uses, with one partition unless said otherwise. */
  topic(partitions?: number): Promise<string>;
  /** A name that nobody else uses: of a group, or of a transactional id. */
  fresh(what: string): string;
  /** The time that the cluster and its clients count their time-outs in. */
  readonly clock: Clock;
  /** The shortest session, and wait for a rebalance, that the cluster grants. */
  readonly sessionTimeout: Duration;
  /** How long to wait, in real time, for what must come: generous, since it is paid by a wrong driver only. */
  readonly patience: Duration;
  readonly faults: Faults;
  /** What this implementation does not ask the cluster for: it cannot be lost. */
  readonly unasked?: readonly WriteRequest[];
  /** Ends all that was opened, also what is frozen. */
  close(): Promise<void>;
}

/** What a client asks of the cluster while it writes a transaction. */
export type WriteRequest =
  | 'init-producer-id'
  | 'add-partitions'
  | 'produce'
  | 'add-offsets'
  | 'txn-offset-commit'
  | 'end-txn';

/** What can be done to the processes of this implementation. What it cannot do is not there, and its laws are skipped. */
export interface Faults {
  /** Of the next request of the kind that the process makes: the answer is lost, or the request itself. Gives whether it is. */
  readonly lose?: (process: KafkaDriver, request: WriteRequest, what: 'answer' | 'request') => () => boolean;
  /** Keeps the answer to the next fetch on its way until it is let go. */
  readonly holdFetch?: (process: KafkaDriver) => Held;
  /** Ends the process in the middle of what it does. */
  readonly kill?: (process: KafkaDriver) => void;
  /** The process stands still; gives what wakes it. */
  readonly freeze?: (process: KafkaDriver) => () => void;
  /** The cluster ends sessions and transactions of those that it does not hear of. */
  readonly timeouts?: true;
}

export interface Held {
  /** Resolves when the answer is on its way. */
  readonly underWay: Promise<void>;
  readonly letGo: () => void;
}
