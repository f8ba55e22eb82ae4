import type { OutgoingRecord } from '../../topology/model/record.ts';
import { allEnded } from '../../topology/ports/all-ended.ts';
import type { GroupGeneration, OffsetCommits, TransactionPort } from '../../topology/ports/kafka-driver.ts';

/** Transactional id of the worker in a slot of the group. */
export const transactionalIdOf = (application: string, slot: string): string => `${application}-${slot}`;

type Outputs = readonly (readonly [topic: string, record: OutgoingRecord])[];

/**
 * Writes what a sink has to say and the offsets that move on, in one transaction. After one that failed the next has a new
 * producer, which fences the old one and ends what it left open.
 */
export class Ledger {
  readonly #make: () => TransactionPort;
  #producer: TransactionPort | undefined;

  constructor(make: () => TransactionPort) {
    this.#make = make;
  }

  /** Ends what an earlier life of this slot left open, so that its offsets can be read. */
  async open(): Promise<void> {
    if (this.#producer !== undefined) return;
    const made = this.#make();
    try {
      await made.init();
    } catch (error) {
      await made.close().catch(() => {});
      throw error;
    }
    this.#producer = made;
  }

  /** Throws when it is not known whether it stands: the committed offsets tell. */
  async write(outputs: Outputs, offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    await this.open();
    const producer = this.#producer as TransactionPort;
    try {
      producer.begin();
      // At once: a driver writes all of it with one request. Nothing of it may be under way behind the end.
      const sends = [...Map.groupBy(outputs, ([topic]) => topic)].map(([topic, of]) =>
        producer.send(
          topic,
          of.map(([, record]) => record),
        ),
      );
      await allEnded(sends);
      await producer.sendOffsets(offsets, generation);
      await producer.commit();
    } catch (error) {
      this.#producer = undefined;
      // Whoever comes next fences it anyway; this only ends sooner what is open.
      await producer.abort().catch(() => {});
      await producer.close().catch(() => {});
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#producer?.close();
    this.#producer = undefined;
  }
}
