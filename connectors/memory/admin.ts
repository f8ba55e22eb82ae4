import {
  type AdminPort,
  type CommittedOffset,
  type LogEnds,
  type NewTopic,
  partitionKey,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { again } from '../kafka-client/again.ts';
import type { MemoryBroker } from './broker.ts';
import type { Client } from './client.ts';

/** What is done to a cluster, and asked of it, outside of any group. */
export class MemoryAdmin implements AdminPort {
  readonly #broker: MemoryBroker;
  readonly #client: Client;

  constructor(broker: MemoryBroker, client: Client) {
    this.#broker = broker;
    this.#client = client;
  }

  createTopics(topics: readonly NewTopic[]): Promise<void> {
    return this.#client.link.call('metadata', () => this.#broker.createTopics(topics));
  }

  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#client.link.call('metadata', () => {
      const found = new Map<string, number>();
      for (const topic of topics) {
        const count = this.#broker.partitions(topic);
        if (count !== undefined) found.set(topic, count);
      }
      return found;
    });
  }

  offsets(at: TopicPartition): Promise<{ readonly start: number; readonly end: number }> {
    return this.#client.link.call('list-offsets', () => {
      const { start, stableEnd } = this.#broker.log(at);
      return { start, end: stableEnd };
    });
  }

  committed(
    groupId: string,
    at: readonly TopicPartition[],
    undecided?: 'passed-over',
  ): Promise<ReadonlyMap<string, CommittedOffset>> {
    return again(this.#client.clock, ['unstable-offsets'], () =>
      this.#client.link.call('offset-fetch', () =>
        this.#broker.state.offsets(groupId).read(at, undecided === undefined),
      ),
    );
  }

  ends(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, LogEnds>> {
    return this.#client.link.call('list-offsets', () => {
      const ends = at.map((one): [string, LogEnds] => {
        const { end, stableEnd } = this.#broker.log(one);
        return [partitionKey(one), { written: end, decided: stableEnd }];
      });
      return new Map(ends);
    });
  }

  deleteRecords(at: TopicPartition, before: number): Promise<void> {
    return this.#client.link.call('list-offsets', () => this.#broker.state.deleteRecords(at, before));
  }
}
