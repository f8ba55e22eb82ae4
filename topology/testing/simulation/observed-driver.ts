import type { SimulatedProcess } from '../../../connectors/memory/simulation/process.ts';
import type { ConsumerPort, KafkaDriver, TransactionPort } from '../../ports/kafka-driver.ts';
import type { Ownership } from './ownership.ts';
import { Violation } from './violation.ts';

/** The driver of a simulated process, which tells who owns and commits what, and when partitions are given up. */
export function observed(
  driver: KafkaDriver,
  process: SimulatedProcess,
  ownership: Ownership,
  found: (violation: Violation) => void,
): KafkaDriver {
  const judged = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      found(error);
    }
  };
  return {
    name: driver.name,
    capabilities: driver.capabilities,
    admin: () => driver.admin(),
    producer: () => driver.producer(),
    read: (at, from, to, each) => driver.read(at, from, to, each),
    close: () => driver.close(),
    consumer: (options) => {
      const consumer = driver.consumer(options);
      const subscribe: ConsumerPort['subscribe'] = (topics, listener) =>
        consumer.subscribe(topics, {
          onAssigned: (assignment) => {
            judged(() => ownership.assigned(assignment));
            listener.onAssigned(assignment);
          },
          onRevoked: async (assignment, why) => {
            process.revoking++;
            try {
              await listener.onRevoked(assignment, why);
            } finally {
              process.revoking--;
            }
          },
        });
      return {
        subscribe,
        poll: (limits) => consumer.poll(limits),
        seek: (at, offset) => consumer.seek(at, offset),
        pause: (at) => consumer.pause(at),
        stepOver: (at) => consumer.stepOver(at),
        committed: (at) => consumer.committed(at),
        commit: (offsets, generation) => consumer.commit(offsets, generation),
        close: (membership) => consumer.close(membership),
      };
    },
    transactions: (options): TransactionPort => {
      const transactions = driver.transactions(options);
      return {
        init: () => transactions.init(),
        begin: () => transactions.begin(),
        send: (topic, records) => transactions.send(topic, records),
        sendOffsets: async (offsets, generation) => {
          await transactions.sendOffsets(offsets, generation);
          judged(() => ownership.committed(offsets, generation));
        },
        commit: () => transactions.commit(),
        abort: () => transactions.abort(),
        close: () => transactions.close(),
      };
    },
  };
}
