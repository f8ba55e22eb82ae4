import type { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryConsumer } from '../../../connectors/memory/consumer.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import type { FaultRates } from '../../../connectors/memory/simulation/faults.ts';
import type { SimulatedProcess } from '../../../connectors/memory/simulation/process.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import type {
  Assignment,
  ConsumerOptions,
  ConsumerPort,
  PolledBatch,
  TransactionOptions,
  TransactionPort,
} from '../../../topology/ports/kafka-driver.ts';
import type { SnapshotStore } from '../../../topology/ports/snapshot-store.ts';
import type { Worker } from '../../../topology/runtime/worker.ts';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';

/** Commits are lost on the way, and what follows them fails too. */
const COMMITS_FAIL: FaultRates = {
  of: (request) => (request === 'end-txn' ? 0.15 : request === 'produce' ? 0.03 : 0.002),
  kinds: ['lost-request', 'unavailable', 'crash-before', 'freeze-after'],
};

/** Members come and go, and the answers of the group take their time. */
const SLOW_REBALANCES: FaultRates = {
  of: (request) => (request === 'join-group' || request === 'sync-group' ? 0.9 : 0.02),
  kinds: ['slow', 'slow', 'slow', 'slow', 'slow', 'crash-before'],
};

/** Engines with one of the mistakes that others made. Each is the engine as it is with one part replaced. */
export const BROKEN: Readonly<Record<string, { readonly faults?: FaultRates; readonly parts: () => Parts }>> =
  {
    'committed offsets are read while a transaction that moves them is undecided (no requireStable)': {
      parts: () => ({
        driver: driverWith({
          consumer: (consumer, broker, options) => ({
            ...consumer,
            committed: (at) => Promise.resolve(broker.committedOf(options.groupId, at)),
          }),
        }),
      }),
    },

    'the generation is read when it commits, not when it was assigned': {
      faults: SLOW_REBALANCES,
      parts: () => ({
        driver: driverWith({
          consumer: untold,
          transactions: (transactions, _broker, live) => ({
            ...transactions,
            sendOffsets: (offsets, generation) => transactions.sendOffsets(offsets, live() ?? generation),
          }),
        }),
      }),
    },

    'offsets are fenced by the group id alone': {
      parts: () => ({
        driver: driverWith({
          transactions: (transactions) => ({
            ...transactions,
            sendOffsets: (offsets, { groupId }) =>
              transactions.sendOffsets(offsets, { groupId, generation: -1, memberId: '' }),
          }),
        }),
      }),
    },

    'a commit whose answer was lost is taken for one that stands': {
      faults: COMMITS_FAIL,
      parts: () => ({
        driver: driverWith({
          transactions: (transactions) => ({
            ...transactions,
            commit: async () => {
              try {
                await transactions.commit();
              } catch (error) {
                if (!isStreamsError(error) || error.code !== 'commit-unknown') throw error;
              }
            },
          }),
        }),
      }),
    },

    'offsets are committed before the outputs are acknowledged': {
      parts: () => ({
        driver: driverWith({
          transactions: (transactions) => ({
            ...transactions,
            send: (topic, records) => {
              transactions.send(topic, records).catch(() => {});
              return Promise.resolve();
            },
          }),
        }),
      }),
    },

    'what was fetched under an old assignment passes for what was asked for under the new one': {
      parts: () => ({
        driver: driverWith({
          consumer: (consumer) => {
            let current: Assignment | undefined;
            const held: PolledBatch[] = [];
            return {
              ...consumer,
              subscribe: (topics, listener) =>
                consumer.subscribe(topics, {
                  onRevoked: (assignment, why) => listener.onRevoked(assignment, why),
                  onAssigned: (assignment) => {
                    current = assignment;
                    listener.onAssigned(assignment);
                  },
                }),
              poll: async (limits) => {
                if (held.length > 0)
                  return held
                    .splice(0)
                    .map((batch) => ({ ...batch, assignment: current ?? batch.assignment }));
                const batches = await consumer.poll(limits);
                if (batches.every(({ assignment }) => assignment === current)) return batches;
                held.push(...batches);
                return [];
              },
            };
          },
        }),
      }),
    },

    'a batch becomes state before it is committed, and a snapshot may hold it': {
      parts: () => {
        const workers = new Map<string, Worker>();
        return {
          started: (worker, slot) => void workers.set(slot, worker),
          driver: driverWith({
            transactions: (transactions, _broker, _live, { slot }) => ({
              ...transactions,
              begin: () => {
                transactions.begin();
                for (const task of workers.get(slot)?.tasks ?? []) task.promote();
              },
            }),
          }),
        };
      },
    },

    'work goes on at the committed offset upon whatever snapshot there is': {
      parts: () => ({
        settings: (settings) => ({
          ...settings,
          ...(settings.snapshots !== undefined && { snapshots: claimingToBeCurrent(settings.snapshots) }),
        }),
      }),
    },
  };

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

/** Of every snapshot it says that it is of any offset that may be asked for. */
const claimingToBeCurrent = (store: SnapshotStore): SnapshotStore => ({
  nextEpoch: (key) => store.nextEpoch(key),
  save: (key, header, changes, base) => store.save(key, header, changes, base),
  drop: (key) => store.drop(key),
  load: async (key) => {
    const snapshot = await store.load(key);
    if (snapshot === undefined) return undefined;
    const header = { ...snapshot.header };
    // Whatever it is compared with or added to, it is just that.
    let asked = 0;
    Object.defineProperty(header, 'offset', {
      get: () => (asked++ === 0 ? 0 : Number.MAX_SAFE_INTEGER),
    });
    return { ...snapshot, header };
  },
});
