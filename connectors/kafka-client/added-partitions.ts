import { partitionKey } from '../../topology/ports/kafka-driver.ts';
import type { Partitioned } from './producing.ts';

/** Partitions of a topic. */
export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** The partitions that a transaction has by now. */
export class AddedPartitions {
  readonly #added = new Set<string>();

  /** Those of the records that it has not yet. */
  missing(records: Partitioned): TopicPartitions[] {
    return [...records].flatMap(([topic, of]) => {
      const partitions = [...of.keys()].filter(
        (partition) => !this.#added.has(partitionKey({ topic, partition })),
      );
      return partitions.length === 0 ? [] : [{ topic, partitions }];
    });
  }

  add(added: readonly TopicPartitions[]): void {
    for (const { topic, partitions } of added)
      for (const partition of partitions) this.#added.add(partitionKey({ topic, partition }));
  }

  clear(): void {
    this.#added.clear();
  }
}
