import type { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryConsumer } from '../../../connectors/memory/consumer.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import type { SimulatedProcess } from '../../../connectors/memory/simulation/process.ts';
import type {
  ConsumerOptions,
  ConsumerPort,
  TransactionOptions,
  TransactionPort,
} from '../../../topology/ports/kafka-driver.ts';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';

/** Nobody is told that partitions are given up: a client whose rebalances are not awaited. */
export const untold = (consumer: ConsumerPort): ConsumerPort => ({
  ...consumer,
  subscribe: (topics, listener) =>
    consumer.subscribe(topics, {
      onRevoked: () => Promise.resolve(),
      onAssigned: (assignment) => listener.onAssigned(assignment),
    }),
});

type Live = () => ReturnType<() => MemoryConsumer['live']>;

interface Changes {
  readonly consumer?: (
    consumer: ConsumerPort,
    broker: MemoryBroker,
    options: ConsumerOptions,
  ) => ConsumerPort;
  readonly transactions?: (
    transactions: TransactionPort,
    broker: MemoryBroker,
    live: Live,
    process: SimulatedProcess,
  ) => TransactionPort;
}

export function driverWith({ consumer, transactions }: Changes): NonNullable<Parts['driver']> {
  return (broker, process) => {
    let made: MemoryConsumer | undefined;
    return new (class extends MemoryDriver {
      override consumer(options: ConsumerOptions): ConsumerPort {
        made = new MemoryConsumer(broker, process, options);
        const port = consumerPort(made);
        return consumer?.(port, broker, options) ?? port;
      }
      override transactions(options: TransactionOptions): TransactionPort {
        const port = transactionPort(super.transactions(options));
        return transactions?.(port, broker, () => made?.live, process) ?? port;
      }
    })(broker, process);
  };
}

/** As plain functions, so that some can be replaced. */
const consumerPort = (consumer: ConsumerPort): ConsumerPort => ({
  subscribe: (topics, listener) => consumer.subscribe(topics, listener),
  poll: (limits) => consumer.poll(limits),
  seek: (at, offset) => consumer.seek(at, offset),
  pause: (at) => consumer.pause(at),
  stepOver: (at) => consumer.stepOver(at),
  committed: (at) => consumer.committed(at),
  commit: (offsets, generation) => consumer.commit(offsets, generation),
  close: () => consumer.close(),
});

const transactionPort = (transactions: TransactionPort): TransactionPort => ({
  init: () => transactions.init(),
  begin: () => transactions.begin(),
  send: (topic, records) => transactions.send(topic, records),
  sendOffsets: (offsets, generation) => transactions.sendOffsets(offsets, generation),
  commit: () => transactions.commit(),
  abort: () => transactions.abort(),
  close: () => transactions.close(),
});
