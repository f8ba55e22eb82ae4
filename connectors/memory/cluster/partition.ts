import { StreamsError } from '../../../topology/model/errors.ts';
import { type NewRecord, PartitionLog } from './partition-log.ts';
import { type ProducerStamp, ProducerStates } from './producer-state.ts';

/** One partition as its leader keeps it: the log, and what is known of those who write to it. */
export class Partition {
  readonly #log = new PartitionLog();
  readonly #producers = new ProducerStates();

  /** To read from, and to truncate. What writes goes through the partition, which keeps both in step. */
  get log(): Pick<PartitionLog, 'start' | 'end' | 'stableEnd' | 'isOpen' | 'read' | 'truncate'> {
    return this.#log;
  }

  /**
   * Appends a batch, or finds it here already; gives its first offset.
   * `verify` asks the transaction coordinator whether the transaction has this partition, and throws when it has not.
   * A leader asks only at the first batch: what has a transaction open here is in it (KIP-890). It asks before it looks at sequences:
   * a batch that is sent again when its transaction is over is refused.
   * @throws StreamsError `fenced`, `sequence-out-of-order`, `invalid-transaction` (a plain batch inside a transaction).
   */
  append(records: readonly NewRecord[], stamp?: ProducerStamp, verify?: () => void): number {
    if (stamp === undefined || records.length === 0) return this.#log.append(records);
    const open = this.#log.isOpen(stamp.producerId);
    if (stamp.transactional && !open) verify?.();
    const at = this.#producers.duplicate(stamp, records.length);
    if (at !== undefined) return at;
    if (open && !stamp.transactional) {
      throw new StreamsError(
        'invalid-transaction',
        `Producer ${stamp.producerId} sent a plain batch inside its transaction.`,
      );
    }
    const base = this.#log.append(records, stamp);
    this.#producers.appended(stamp, records.length, base);
    return base;
  }

  /** Ends the producer's transaction in this partition. */
  marker(producerId: number, epoch: number, committed: boolean): void {
    this.#producers.marked(producerId, epoch);
    this.#log.marker(producerId, committed);
  }

  /** An unclean election: see `PartitionLog.loseTail`. */
  loseTail(from: number): void {
    this.#log.loseTail(from);
    this.#producers.cut(from);
  }
}
