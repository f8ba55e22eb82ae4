import type { LogEnds } from '../../ports/kafka-driver.ts';
import type { Stall } from '../../ports/telemetry.ts';
import type { Failure, Observation, OpenRequest, PartitionSeen } from './observation.ts';

type Why = Pick<Stall, 'cause' | 'code' | 'broker'>;

/**
 * The worker as a whole has come no further for so long, or nobody can tell whether it has; and what it is at. Undefined: it
 * goes on.
 */
export function workerStall(seen: Observation, now: number, after: number): Stall | undefined {
  const { revokingSince, assigned } = seen;
  const since = Math.min(seen.moved, seen.looked);
  if (now - since < after) return undefined;
  const of = { partition: undefined, since };
  if (revokingSince !== undefined && now - revokingSince >= after) return { ...of, cause: 'revoke' };
  const failure = failureSince(seen, since);
  if (failure !== undefined) return { ...of, ...whyOf(failure) };
  return { ...of, cause: oldest(seen)?.doing ?? (assigned ? 'cluster' : 'group') };
}

/**
 * The partitions that have something to do, and whose committed offset has not moved for so long. One that has nothing
 * to do is noted as moved, and so is one that an open transaction held up until now: what it held up is given its time.
 */
export function partitionStalls(
  seen: Observation,
  ends: ReadonlyMap<string, LogEnds>,
  now: number,
  after: number,
): Stall[] {
  const stalls: Stall[] = [];
  for (const [partition, of] of seen.partitions) {
    const end = ends.get(partition);
    if (end === undefined || of.committed === undefined) continue;
    const behind = end.written - of.committed;
    const held = behind > 0 && of.committed >= end.decided;
    if (behind <= 0 || (of.heldUp && !held)) of.moved = now;
    of.heldUp = held;
    if (behind > 0 && now - of.moved >= after)
      stalls.push({ partition, since: of.moved, behind, ...whyStill(seen, partition, of, now - after) });
  }
  return stalls;
}

function whyStill(seen: Observation, partition: string, { heldUp, moved }: PartitionSeen, long: number): Why {
  const code = seen.parked.get(partition);
  if (code !== undefined) return { cause: 'parked', code };
  const failure = failureSince(seen, moved);
  if (failure?.doing === 'commit') return whyOf(failure);
  if ([...seen.open.values()].some(({ doing, since }) => doing === 'commit' && since <= long))
    return { cause: 'commit' };
  if (heldUp) return { cause: 'open-transaction' };
  return failure === undefined ? { cause: 'fetch' } : whyOf(failure);
}

/** Without an assignment it is the group that is waited for. */
function failureSince({ failure, groupFailure, assigned }: Observation, since: number): Failure | undefined {
  const found = [failure, groupFailure].filter((one) => one !== undefined && one.at > since);
  return assigned ? found[0] : found.at(-1);
}

const whyOf = ({ doing, code, broker }: Failure): Why =>
  broker === undefined ? { cause: doing, code } : { cause: doing, code, broker };

function oldest({ open }: Observation): OpenRequest | undefined {
  let found: OpenRequest | undefined;
  for (const request of open.values())
    if (found === undefined || request.since < found.since) found = request;
  return found;
}
