import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import { snapshotStoreConformance } from '../../conformance/snapshot-store.ts';

snapshotStoreConformance('the in-memory store', () =>
  Promise.resolve({ store: new MemorySnapshotStore(), close: () => Promise.resolve() }),
);
