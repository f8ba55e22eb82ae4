import type { FaultRates } from '../../../connectors/memory/simulation/faults.ts';
import {
  type Assignment,
  type ConsumerPort,
  type PolledBatch,
  partitionKey,
} from '../../../topology/ports/kafka-driver.ts';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';
import { driverWith } from './driver-with.ts';

/** A consumer that knows its assignment and where it stands. */
interface Standing {
  readonly consumer: ConsumerPort;
  readonly assignment: () => Assignment | undefined;
  /** Of this assignment. */
  readonly positions: Map<string, number>;
}

function standing(inner: ConsumerPort): Standing {
  let current: Assignment | undefined;
  const positions = new Map<string, number>();
  const moved = (batches: readonly PolledBatch[]): readonly PolledBatch[] => {
    for (const batch of batches) positions.set(partitionKey(batch), batch.nextOffset);
    return batches;
  };
  return {
    positions,
    assignment: () => current,
    consumer: {
      ...inner,
      subscribe: (topics, listener) =>
        inner.subscribe(topics, {
          onRevoked: (assignment, why) => listener.onRevoked(assignment, why),
          onAssigned: (assignment) => {
            current = assignment;
            positions.clear();
            listener.onAssigned(assignment);
          },
        }),
      poll: async (limits) => moved(await inner.poll(limits)),
      stepOver: async (at) => moved(await inner.stepOver(at)),
      seek: (at, offset) => {
        positions.set(partitionKey(at), offset);
        inner.seek(at, offset);
      },
    },
  };
}

/** Engines that are wrong about what they write into partitions that they read themselves. */
export const BROKEN_CARRYING: Readonly<
  Record<string, { readonly faults?: FaultRates; readonly parts: () => Parts }>
> = {
  'what others wrote is stepped over as if it were a control record': {
    parts: () => ({
      driver: driverWith({
        consumer: (inner, broker) => {
          const { consumer, assignment, positions } = standing(inner);
          return {
            ...consumer,
            stepOver: (at) => {
              const current = assignment();
              if (current === undefined) return Promise.resolve([]);
              const batches = at.flatMap((one): PolledBatch[] => {
                const { stableEnd } = broker.log(one);
                if (stableEnd <= (positions.get(partitionKey(one)) ?? stableEnd)) return [];
                consumer.seek(one, stableEnd);
                return [{ ...one, records: [], nextOffset: stableEnd, more: false, assignment: current }];
              });
              return Promise.resolve(batches);
            },
          };
        },
      }),
    }),
  },

  'what was taken on is fetched too': {
    parts: () => ({
      driver: driverWith({
        consumer: (inner) => {
          const { consumer, positions } = standing(inner);
          return {
            ...consumer,
            seek: (at, offset) => {
              if (offset <= (positions.get(partitionKey(at)) ?? offset)) consumer.seek(at, offset);
            },
          };
        },
      }),
    }),
  },
};
