import type { InMemoryCluster } from '../../app/cluster/in-memory-cluster.ts';

/** Whether instances are killed and started again on the way, and what a new one restores from. */
export type Restarts = 'none' | 'from the log' | 'with snapshots';

export const RESTARTS: readonly Restarts[] = ['none', 'from the log', 'with snapshots'];

/** Steps of the event queue that the instances get between the feeding of a round and its crash. */
const HEAD_STARTS: readonly number[] = [0, 2, 5, 9, 14, 22, 35, 60];

/**
 * In every so many rounds of a run kills instances while the round just fed is under way, and starts them again in the
 * same slots: one of them, both at once, one during the rebalance that the other's crash made, and one that
 * stays away until the other has done all the work. Returns what was not committed at each crash.
 */
export async function restart(cluster: InMemoryCluster, round: number, every: number): Promise<number[]> {
  if ((round + 1) % Math.max(1, every) !== 0) return [];
  const turn = Math.floor(round / Math.max(1, every));
  const inFlight: number[] = [];
  const crash = async (slot: string): Promise<void> => {
    inFlight.push(cluster.lag());
    cluster.crashInstance(slot);
  };
  await steps(HEAD_STARTS[turn % HEAD_STARTS.length] ?? 0);
  switch (turn % 4) {
    case 0:
      await crash('slot-0');
      break;
    case 1:
      await crash('slot-1');
      await cluster.drained();
      break;
    case 2:
      await Promise.all([crash('slot-0'), crash('slot-1')]);
      cluster.startInstance('slot-1');
      break;
    default:
      await crash('slot-1');
      cluster.startInstance('slot-1');
      await steps(7);
      await crash('slot-0');
  }
  for (const slot of ['slot-0', 'slot-1']) if (!cluster.slots.includes(slot)) cluster.startInstance(slot);
  return inFlight;
}

async function steps(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}
