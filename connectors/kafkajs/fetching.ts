import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { partitionKey } from '../../topology/ports/kafka-driver.ts';
import type { Purpose } from '../kafka-client/cluster.ts';
import { type FetchFrom, Fetching as FetchingBy, type Position } from '../kafka-client/fetching.ts';
import type { Read } from '../kafka-client/reads.ts';
import { refused } from '../kafka-client/refused.ts';
import type { Cluster } from './cluster.ts';
import { committedRecords } from './committed-records.ts';
import { decodeBatches } from './decode-batches.ts';
import { assertDone, nameOfCode } from './protocol-error.ts';
import { type FetchedPartition, fetchRaw } from './record-apis.ts';

/** The longest that a broker is let wait for something new, in milliseconds: well below any time-out of a request. */
const LONGEST_WAIT = 1_000;

/** Reads partitions on, over connections of kafkajs. */
export class Fetching extends FetchingBy {
  constructor(cluster: Cluster, clock: Clock, purpose: Purpose) {
    super(cluster, clock, fetchFrom(cluster, purpose));
  }
}

const fetchFrom =
  (cluster: Cluster, purpose: Purpose): FetchFrom =>
  async (node, positions, { maxBytes, waitMs }) => {
    const wire = await cluster.node(node, purpose);
    const byKey = new Map(positions.map((position) => [partitionKey(position.at), position]));
    const topics = [...Map.groupBy(positions, ({ at }) => at.topic)].map(([topic, of]) => ({
      topic,
      partitions: of.map(({ at, offset }) => ({
        partition: at.partition,
        fetchOffset: offset,
        // One busy partition must not fill the answer.
        maxBytes: Math.max(1 << 16, Math.floor(maxBytes / positions.length)),
      })),
    }));
    const what = `Fetching ${topics.map(({ topic }) => topic).join(', ')}`;
    const answer = await wire.call(fetchRaw(topics, maxBytes, Math.min(waitMs, LONGEST_WAIT)), what);
    assertDone(answer.errorCode, what);
    const arrived = answer.partitions.map(async (of) => {
      const position = byKey.get(partitionKey(of));
      return position === undefined ? [] : [{ position, of: await read(position, of) }];
    });
    return (await Promise.all(arrived)).flat();
  };

async function read(
  { at, offset, epoch }: Position,
  { errorCode, batches, aborted, end }: FetchedPartition,
): Promise<Read | StreamsError> {
  const where = `${partitionKey(at)} at ${offset}`;
  if (errorCode !== 0) return refused(nameOfCode(errorCode), `Fetching ${where}`);
  if (batches.length === 0) return { runs: [], nextOffset: offset, end, epoch, bytes: 0 };
  try {
    const read = committedRecords(await decodeBatches(batches), offset, aborted);
    return { ...read, end, bytes: batches.length };
  } catch (error) {
    if (isStreamsError(error)) return error;
    return new StreamsError('batch-corrupt', `What was fetched of ${where} cannot be read.`, error);
  }
}
