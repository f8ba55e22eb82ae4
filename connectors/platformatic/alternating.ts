import type { OutgoingRecord } from '../../topology/model/record.ts';
import { allEnded } from '../../topology/ports/all-ended.ts';
import type {
  Appended,
  GroupGeneration,
  OffsetCommits,
  TransactionPort,
} from '../../topology/ports/kafka-driver.ts';

/** Transactional ids of the two producers of a port. The first is the one that was asked for: whoever knows that one alone ends half of it. */
export const idsOf = (transactionalId: string): readonly [string, string] => [
  transactionalId,
  `${transactionalId}~2`,
];

/**
 * Two producers that take turns, a transaction each. A broker answers the end of a transaction before it is written out to all partitions,
 * and until then keeps the next one of the same producer waiting, for 20 ms at a time (KIP-890): the other one's may begin at once.
 * Whoever takes over fences both. The next transaction begins when the last is decided, so those of a port stand in their order in every
 * partition, and a reader who waits for the first waits for the second.
 */
export class Alternating implements TransactionPort {
  readonly #both: readonly TransactionPort[];
  #turn = 0;

  constructor(made: (transactionalId: string) => TransactionPort, transactionalId: string) {
    this.#both = idsOf(transactionalId).map(made);
  }

  async init(): Promise<void> {
    await allEnded(this.#both.map((producer) => producer.init()));
  }

  begin(): void {
    this.#turn = (this.#turn + 1) % this.#both.length;
    this.#current.begin();
  }

  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    return this.#current.send(topic, records);
  }

  sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    return this.#current.sendOffsets(offsets, generation);
  }

  commit(): Promise<void> {
    return this.#current.commit();
  }

  abort(): Promise<void> {
    return this.#current.abort();
  }

  async close(): Promise<void> {
    await allEnded(this.#both.map((producer) => producer.close()));
  }

  get #current(): TransactionPort {
    return this.#both[this.#turn] as TransactionPort;
  }
}
