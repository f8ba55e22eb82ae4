import type { MemoryBroker } from '../../../connectors/memory/broker.ts';
import type { SubTopology } from '../../dsl/sub-topologies.ts';
import type { OutgoingRecord } from '../../model/record.ts';
import type { TopicPartition } from '../../ports/kafka-driver.ts';
import { silent } from '../../ports/telemetry.ts';
import { Outbox } from '../../runtime/outbox.ts';
import { Task } from '../../runtime/task.ts';

const ALL = Number.POSITIVE_INFINITY;

/**
 * What one task makes of its input when nothing ever goes wrong: the fold of the committed records of its partition,
 * in the order of the log, without clients, transactions or rebalances.
 */
export class Reference {
  readonly task: Task;
  readonly inputs: readonly TopicPartition[];
  readonly #broker: MemoryBroker;
  readonly #outbox = new Outbox();
  readonly #consumed = new Map<string, number>();

  constructor(broker: MemoryBroker, sub: SubTopology, partition: number, deadLetters: string) {
    this.#broker = broker;
    this.inputs = sub.sources.map(({ name }) => ({ topic: name, partition }));
    this.task = new Task(sub, partition, this.#outbox, { deadLetters, snapshots: false, telemetry: silent });
  }

  /** Folds the input up to an offset. Gives what comes out, by topic. */
  advance(at: TopicPartition, to: number): readonly (readonly [topic: string, record: OutgoingRecord])[] {
    const from = this.#consumed.get(at.topic) ?? this.#broker.log(at).start;
    if (to <= from) return [];
    this.#consumed.set(at.topic, to);
    const { records } = this.#broker.log(at).read(from, ALL, ALL, { committed: true, before: to });
    this.task.process({ ...at, records, nextOffset: to }, 0);
    this.task.promote();
    return this.#outbox
      .drain()
      .flatMap(([topic, outputs]) => outputs.map((record) => [topic, record] as const));
  }
}
