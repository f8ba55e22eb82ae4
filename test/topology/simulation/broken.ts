import type { FaultRates } from '../../../connectors/memory/simulation/faults.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import type {
  Assignment,
  CommittedOffset,
  OffsetCommits,
  PolledBatch,
} from '../../../topology/ports/kafka-driver.ts';
import type { SnapshotStore } from '../../../topology/ports/snapshot-store.ts';
import type { Worker } from '../../../topology/runtime/worker.ts';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';
import { driverWith, untold } from './driver-with.ts';

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

    'a commit whose answer was lost is taken for one that stands, and not asked about again': {
      faults: COMMITS_FAIL,
      parts: () => {
        // By slot: what it sent last, and what it takes for committed.
        const sent = new Map<string, OffsetCommits>();
        const believed = new Map<string, Map<string, CommittedOffset>>();
        return {
          driver: driverWith({
            consumer: (consumer, _broker, { instanceId = '' }) => {
              const belief = new Map<string, CommittedOffset>();
              believed.set(instanceId, belief);
              return {
                ...consumer,
                committed: async (at) => {
                  const committed = new Map(await consumer.committed(at));
                  for (const [key, said] of belief)
                    if (said.offset > (committed.get(key)?.offset ?? 0)) committed.set(key, said);
                  return committed;
                },
              };
            },
            transactions: (transactions, _broker, _live, { slot }) => ({
              ...transactions,
              sendOffsets: (offsets, generation) => {
                sent.set(slot, offsets);
                return transactions.sendOffsets(offsets, generation);
              },
              commit: async () => {
                try {
                  await transactions.commit();
                } catch (error) {
                  if (!isStreamsError(error) || error.code !== 'commit-unknown') throw error;
                  for (const [key, said] of sent.get(slot) ?? []) believed.get(slot)?.set(key, said);
                }
              },
            }),
          }),
        };
      },
    },

    'offsets are committed before the outputs are acknowledged': {
      parts: () => ({
        driver: driverWith({
          transactions: (transactions) => ({
            ...transactions,
            send: (topic, records) => {
              transactions.send(topic, records).catch(() => {});
              return Promise.resolve([]);
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
