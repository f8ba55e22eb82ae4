import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { partitionKey } from '../../topology/ports/kafka-driver.ts';
import type { Purpose } from '../kafka-client/cluster.ts';
import type { Arrived, FetchLimits, Position } from '../kafka-client/fetching.ts';
import type { Read, RecordRun } from '../kafka-client/reads.ts';
import { refused } from '../kafka-client/refused.ts';
import { type FetchedPartition, fetchRaw } from './apis.ts';
import type { Cluster } from './cluster.ts';
import { decodeBatches } from './decode-batches.ts';
import { nameOfCode } from './protocol-error.ts';

const READ_COMMITTED = 1;
/** The longest that a broker is let wait for something new, in milliseconds: well below any time-out of a request. */
const LONGEST_WAIT = 1_000;

/**
 * One request to one leader, read committed. A broker compares the epoch of what was read last with its own log, so an end of the log that
 * was lost and written anew is told apart from the one that was read.
 */
export async function fetchFrom(
  cluster: Cluster,
  node: number,
  purpose: Purpose,
  positions: readonly Position[],
  { maxBytes, waitMs }: FetchLimits,
): Promise<Arrived[]> {
  const wire = await cluster.node(node, purpose);
  const byKey = new Map<string, Position>();
  const topics = new Map<string, { topicId: string; partitions: ReturnType<typeof asked>[] }>();
  const arrived: Arrived[] = [];
  for (const position of positions) {
    const { id } = await cluster.topic(position.at.topic);
    position.topicId ??= id;
    if (position.topicId !== id) {
      arrived.push({ position, of: madeAnew(position) });
      continue;
    }
    byKey.set(`${id}/${position.at.partition}`, position);
    const of = topics.get(id) ?? { topicId: id, partitions: [] };
    topics.set(id, of);
    // One busy partition must not fill the answer.
    of.partitions.push(asked(position, Math.max(1 << 16, Math.floor(maxBytes / positions.length))));
  }
  if (topics.size === 0) return arrived;
  const names = [...new Set(positions.map(({ at }) => at.topic))];
  // A session of zero is none: every request says all it wants.
  const answer = await wire.call(
    fetchRaw,
    `Fetching ${names.join(', ')}`,
    Math.min(waitMs, LONGEST_WAIT),
    1,
    maxBytes,
    READ_COMMITTED,
    0,
    -1,
    [...topics.values()],
    [],
    '',
  );
  for (const partition of answer) {
    const position = byKey.get(`${partition.topicId}/${partition.partition}`);
    if (position !== undefined) arrived.push({ position, of: read(position, partition) });
  }
  return arrived;
}

const asked = ({ at, offset, epoch }: Position, partitionMaxBytes: number) => ({
  partition: at.partition,
  currentLeaderEpoch: -1,
  fetchOffset: BigInt(offset),
  lastFetchedEpoch: epoch,
  partitionMaxBytes,
});

function read(
  { at, offset, epoch }: Position,
  { errorCode, diverging, batches, aborted, end }: FetchedPartition,
): Read | StreamsError {
  const where = `${partitionKey(at)} at ${offset}`;
  if (errorCode !== 0) return refused(nameOfCode(errorCode), `Fetching ${where}`);
  if (diverging !== undefined)
    return new StreamsError(
      'log-ends-early',
      `${partitionKey(at)} was read up to ${offset} in epoch ${epoch}; its log is another one from ${diverging.endOffset} on.`,
    );
  if (batches === undefined) return { runs: [], nextOffset: offset, end, epoch, bytes: 0 };
  try {
    const decoded = decodeBatches(batches, offset, aborted);
    const runs = decoded.runs.map((run) => saying(where, run));
    return { ...decoded, runs, end, bytes: batches.length };
  } catch (error) {
    return unreadable(where, error);
  }
}

/** The run; where it cannot be unpacked it says what it is of. */
const saying = (where: string, { from, count, records }: RecordRun): RecordRun => ({
  from,
  count,
  records: () => {
    try {
      return records();
    } catch (error) {
      throw unreadable(where, error);
    }
  },
});

const unreadable = (where: string, error: unknown): StreamsError =>
  isStreamsError(error)
    ? error
    : new StreamsError('batch-corrupt', `What was fetched of ${where} cannot be read.`, error);

const madeAnew = ({ at, offset }: Position): StreamsError =>
  new StreamsError(
    'log-ends-early',
    `Topic ${at.topic} was deleted and made anew while ${partitionKey(at)} was read up to ${offset}.`,
  );
