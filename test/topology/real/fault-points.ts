import type { SnapshotStore } from '../../../topology/ports/snapshot-store.ts';
import type { FaultPoint } from '../../../topology/testing/simulation/coverage.ts';
import { type Hooks, NO_HOOKS, over, type PortCall } from './hooked-driver.ts';

const BEFORE: Partial<Record<PortCall, FaultPoint>> = {
  send: 'before send',
  'send-offsets': 'before TxnOffsetCommit',
};
const AFTER: Partial<Record<PortCall, FaultPoint>> = {
  'send-offsets': 'after TxnOffsetCommit',
  commit: 'after EndTxn, before promote',
};

/**
 * Calls `reached` whenever the engine is at one of the points at which it can be torn apart; what it does there has happened before
 * the engine goes on. Two of them are on the network, where only the network sees them.
 */
export function atPoints(reached: (point: FaultPoint) => void): Hooks {
  let revoking = 0;
  return {
    ...NO_HOOKS,
    around: async (call, work) => {
      if (call === 'revoke') revoking++;
      try {
        if (BEFORE[call] !== undefined) reached(BEFORE[call]);
        const result = await work();
        if (AFTER[call] !== undefined) reached(AFTER[call]);
        // Behind the first thing that a revocation does, or when it has done everything but tell the group.
        if (revoking > 0) reached('mid revoke');
        return result;
      } finally {
        if (call === 'revoke') revoking--;
      }
    },
    replayed: () => reached('mid restore'),
  };
}

/** The points of a snapshot, in the same way. */
export function storeAtPoints(store: SnapshotStore, reached: (point: FaultPoint) => void): SnapshotStore {
  return over(store, {
    save: async (...save) => {
      const saving = store.save(...save);
      // The store was asked, and nobody has heard its answer.
      setImmediate(() => reached('mid snapshot'));
      const saved = await saving;
      if (saved) reached('after snapshot');
      return saved;
    },
  });
}
