import type { Clock } from '../../ports/clock.ts';
import {
  type Assignment,
  type Batch,
  type CommittedOffset,
  type ConsumerPort,
  type KafkaDriver,
  type OffsetCommits,
  partitionKey,
  type RebalanceListener,
  type TransactionPort,
} from '../../ports/kafka-driver.ts';
import type { Doing, Observation } from './observation.ts';

type Calls<T extends object> = { [K in keyof T]?: T[K] };

/** The driver, and all that passes through it is noted. */
export function observedDriver(driver: KafkaDriver, seen: Observation, clock: Clock): KafkaDriver {
  const noted = noting(seen, clock);
  return instead(driver, {
    admin: () => noted.all(driver.admin(), 'cluster'),
    consumer: (options) => observedConsumer(driver.consumer(options), seen, clock),
    transactions: (options) => observedTransactions(driver.transactions(options), seen, clock),
    read: (at, from, to, each) =>
      noted.one('restore', () =>
        driver.read(at, from, to, (batch: Batch) => {
          seen.replayed(partitionKey(at), batch.nextOffset, clock.now());
          each(batch);
        }),
      ),
  });
}

function observedConsumer(consumer: ConsumerPort, seen: Observation, clock: Clock): ConsumerPort {
  const noted = noting(seen, clock);
  const committed = (offsets: OffsetCommits): void => {
    for (const [key, { offset }] of offsets) seen.committed(key, offset, clock.now());
  };
  return instead(consumer, {
    subscribe: (topics, listener) => consumer.subscribe(topics, observedListener(listener, seen, clock)),
    poll: async (limits) => {
      const { assigned } = seen;
      const batches = await noted.one(assigned ? 'fetch' : 'group', () => consumer.poll(limits));
      if (assigned && seen.assigned) seen.moved = clock.now();
      return batches;
    },
    stepOver: (at) => noted.one('fetch', () => consumer.stepOver(at)),
    committed: async (at) => {
      const found = await noted.one('cluster', () => consumer.committed(at));
      committed(found);
      return found;
    },
    commit: async (offsets, generation) => {
      await noted.one('commit', () => consumer.commit(offsets, generation));
      committed(offsets);
    },
  });
}

function observedListener(listener: RebalanceListener, seen: Observation, clock: Clock): RebalanceListener {
  return {
    onAssigned: (assignment: Assignment) => {
      seen.assign(assignment.partitions.map(partitionKey), clock.now());
      listener.onAssigned(assignment);
    },
    onRevoked: async (assignment, why) => {
      seen.revokingSince = clock.now();
      try {
        await listener.onRevoked(assignment, why);
      } finally {
        seen.revokingSince = undefined;
        seen.unassign();
      }
    },
    onRetrying: (code) => {
      seen.groupFailure = { doing: 'group', code, broker: undefined, at: clock.now() };
      listener.onRetrying?.(code);
    },
  };
}

function observedTransactions(
  transactions: TransactionPort,
  seen: Observation,
  clock: Clock,
): TransactionPort {
  const noted = noting(seen, clock);
  let offsets: ReadonlyMap<string, CommittedOffset> = new Map();
  return instead(noted.all(transactions, 'commit'), {
    sendOffsets: async (sent, generation) => {
      await noted.one('commit', () => transactions.sendOffsets(sent, generation));
      offsets = sent;
    },
    commit: async () => {
      await noted.one('commit', () => transactions.commit());
      for (const [key, { offset }] of offsets) seen.committed(key, offset, clock.now());
      offsets = new Map();
    },
  });
}

interface Noting {
  readonly one: <R>(doing: Doing, work: () => Promise<R>) => Promise<R>;
  /** A port, all of whose requests are for this. */
  readonly all: <T extends object>(port: T, doing: Doing) => T;
}

function noting(seen: Observation, clock: Clock): Noting {
  const one = async <R>(doing: Doing, work: () => Promise<R>): Promise<R> => {
    const request = Symbol(doing);
    seen.open.set(request, { doing, since: clock.now() });
    try {
      return await work();
    } catch (error) {
      seen.failed(doing, error, clock.now());
      throw error;
    } finally {
      seen.open.delete(request);
    }
  };
  const all = <T extends object>(port: T, doing: Doing): T =>
    new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const answer: unknown = Reflect.apply(value, target, given);
          return answer instanceof Promise ? one(doing, () => answer) : answer;
        };
      },
    });
  return { one, all };
}

/** The port with some of its methods exchanged; all others are its own. */
function instead<T extends object>(port: T, calls: Calls<T>): T {
  return new Proxy(port, {
    get: (target, name) => {
      const call: unknown = Reflect.get(calls, name);
      if (call !== undefined) return call;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => Reflect.apply(value, target, given);
    },
  });
}
