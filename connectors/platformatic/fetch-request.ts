import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { partitionKey } from '../../topology/ports/kafka-driver.ts';
import type { Purpose } from '../kafka-client/cluster.ts';
import type { Arrived, FetchLimits, Position } from '../kafka-client/fetching.ts';
import type { Read, RecordRun } from '../kafka-client/reads.ts';
import { refused } from '../kafka-client/refused.ts';
import type { Cluster } from './cluster.ts';
import { decodeBatches } from './decode-batches.ts';
import { type AskedPartition, type FetchedPartition, fetchRaw } from './fetch-call.ts';
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
  const ids = new Map<string, string>();
  for (const { at } of positions)
    if (!ids.has(at.topic)) ids.set(at.topic, (await cluster.topic(at.topic)).id);
  const byTopic = new Map<string, Map<number, Position>>();
  const arrived: Arrived[] = [];
  for (const position of positions) {
    const { topic, partition } = position.at;
    const id = ids.get(topic) as string;
    position.topicId ??= id;
    if (position.topicId !== id) {
      arrived.push({ position, of: madeAnew(position) });
      continue;
    }
    const of = byTopic.get(id) ?? new Map<number, Position>();
    byTopic.set(id, of.set(partition, position));
  }
  if (byTopic.size === 0) return arrived;
  // One busy partition must not fill the answer.
  const share = Math.max(1 << 16, Math.floor(maxBytes / positions.length));
  const asked = ({ at, offset, epoch }: Position): AskedPartition => ({
    partition: at.partition,
    offset,
    epoch,
    maxBytes: share,
  });
  const answer = await wire.call(fetchRaw, `Fetching ${[...ids.keys()].join(', ')}`, {
    waitMs: Math.min(waitMs, LONGEST_WAIT),
    minBytes: 1,
    maxBytes,
    isolation: READ_COMMITTED,
    topics: new Map([...byTopic].map(([id, of]) => [id, Array.from(of.values(), asked)])),
  });
  for (const partition of answer) {
    const position = byTopic.get(partition.topicId)?.get(partition.partition);
    if (position !== undefined) arrived.push({ position, of: read(position, partition) });
  }
  return arrived;
}

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
