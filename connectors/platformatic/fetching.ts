import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { partitionKey, type TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { fetchRaw } from './apis.ts';
import type { Cluster, Purpose } from './cluster.ts';
import { type Decoded, decodeBatches } from './decode-batches.ts';
import { nameOfCode, refused } from './protocol-error.ts';

const READ_COMMITTED = 1;

export interface FetchLimits {
  readonly maxBytes: number;
  readonly waitMs: number;
}

export type Fetched = TopicPartition & Decoded;

/** Fetches partitions from where they are to be read, read committed, from all their leaders at once. */
export class Fetching {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #purpose: Purpose;

  constructor(cluster: Cluster, clock: Clock, purpose: Purpose) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#purpose = purpose;
  }

  /** What is new in some of them; nothing after `waitMs` without anything. @throws StreamsError `log-truncated` and others. */
  async fetch(
    positions: readonly (readonly [at: TopicPartition, offset: number])[],
    limits: FetchLimits,
  ): Promise<Fetched[]> {
    if (positions.length === 0) {
      await this.#clock.sleep(milliseconds(limits.waitMs));
      return [];
    }
    return again(this.#clock, PASSING, () =>
      this.#cluster.told(async () => {
        const byLeader = await this.#byLeader(positions);
        const leaders = [...byLeader].map(([node, of]) => this.#fromLeader(node, of, limits));
        return (await Promise.all(leaders)).flat();
      }),
    );
  }

  async #byLeader(
    positions: readonly (readonly [at: TopicPartition, offset: number])[],
  ): Promise<Map<number, (readonly [at: TopicPartition, offset: number])[]>> {
    const byLeader = new Map<number, (readonly [at: TopicPartition, offset: number])[]>();
    for (const position of positions) {
      const [{ topic, partition }] = position;
      const node = (await this.#cluster.topic(topic)).leaders[partition] ?? -1;
      const of = byLeader.get(node);
      if (of === undefined) byLeader.set(node, [position]);
      else of.push(position);
    }
    return byLeader;
  }

  async #fromLeader(
    node: number,
    positions: readonly (readonly [at: TopicPartition, offset: number])[],
    { maxBytes, waitMs }: FetchLimits,
  ): Promise<Fetched[]> {
    const wire = await this.#cluster.node(node, this.#purpose);
    const names = new Map<string, string>();
    const offsets = new Map<string, number>();
    for (const [at, offset] of positions) {
      names.set((await this.#cluster.topic(at.topic)).id, at.topic);
      offsets.set(partitionKey(at), offset);
    }
    const topics = [...names].map(([topicId, name]) => ({
      topicId,
      partitions: positions
        .filter(([{ topic }]) => topic === name)
        .map(([{ partition }, offset]) => ({
          partition,
          currentLeaderEpoch: -1,
          fetchOffset: BigInt(offset),
          lastFetchedEpoch: -1,
          // One busy partition must not fill the answer.
          partitionMaxBytes: Math.max(1 << 16, Math.floor(maxBytes / positions.length)),
        })),
    }));
    // A session of zero is none: every request says all it wants.
    const answer = await wire.call(
      fetchRaw,
      `Fetching ${[...names.values()].join(', ')}`,
      waitMs,
      1,
      maxBytes,
      READ_COMMITTED,
      0,
      -1,
      topics,
      [],
      '',
    );
    return answer.flatMap(({ topicId, partition, errorCode, aborted, batches }) => {
      const at = { topic: names.get(topicId) ?? '', partition };
      if (errorCode !== 0)
        throw refused(
          nameOfCode(errorCode),
          `Fetching ${partitionKey(at)} at ${offsets.get(partitionKey(at))}`,
        );
      if (batches === undefined) return [];
      return [{ ...at, ...decodeBatches(batches, offsets.get(partitionKey(at)) ?? 0, aborted) }];
    });
  }
}
