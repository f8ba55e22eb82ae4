import type { InjectedFault } from '../../../connectors/memory/simulation/faults.ts';

/** The points at which an engine that commits exactly once can be torn apart. */
export const FAULT_POINTS = [
  'before send',
  'after send, before ack',
  'before TxnOffsetCommit',
  'after TxnOffsetCommit',
  'EndTxn applied, reply lost',
  'after EndTxn, before promote',
  'mid snapshot',
  'after snapshot',
  'mid restore',
  'mid revoke',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

const AFTER = new Set(['crash-after', 'freeze-after', 'lost-answer']);

/** How often each point was hit. */
export function coverageOf(faults: readonly InjectedFault[]): ReadonlyMap<FaultPoint, number> {
  const hits = new Map<FaultPoint, number>(FAULT_POINTS.map((point) => [point, 0]));
  for (const fault of faults)
    for (const point of pointsOf(fault)) hits.set(point, (hits.get(point) ?? 0) + 1);
  return hits;
}

function pointsOf({ request, fault, doing }: InjectedFault): FaultPoint[] {
  const points: FaultPoint[] =
    doing === 'revoking' ? ['mid revoke'] : doing === 'restoring' ? ['mid restore'] : [];
  const after = AFTER.has(fault);
  if (request === 'produce') points.push(after ? 'after send, before ack' : 'before send');
  if (request === 'txn-offset-commit')
    points.push(after ? 'after TxnOffsetCommit' : 'before TxnOffsetCommit');
  if (request === 'end-txn' && after)
    points.push(fault === 'lost-answer' ? 'EndTxn applied, reply lost' : 'after EndTxn, before promote');
  if (request === 'snapshot-save') points.push(after ? 'after snapshot' : 'mid snapshot');
  return points;
}
