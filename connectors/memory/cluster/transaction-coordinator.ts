import { StreamsError } from '../../../topology/model/errors.ts';
import { partitionKey, type TopicPartition } from '../../../topology/ports/kafka-driver.ts';

type Phase = 'empty' | 'ongoing' | 'prepare-commit' | 'prepare-abort' | 'complete-commit' | 'complete-abort';

interface Transaction {
  readonly transactionalId: string;
  readonly producerId: number;
  epoch: number;
  timeoutMs: number;
  phase: Phase;
  /** When the first partition or group was added, epoch milliseconds. */
  startedAt: number;
  readonly partitions: Map<string, TopicPartition>;
  readonly groups: Set<string>;
  /** Markers to write before it is complete. */
  left: number;
}

/** Who speaks for a transactional id. An id of an older epoch, or of another producer, is a zombie. */
export interface ProducerIdentity {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly epoch: number;
}

/** One marker that is to be written: into a partition, or into the offsets of a group. */
export interface Marker {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly epoch: number;
  readonly committed: boolean;
  readonly at: TopicPartition | { readonly groupId: string };
}

/** Where markers go. `partition` throws `configuration` when there is none. */
export interface MarkerTargets {
  partition(at: TopicPartition): {
    marker(producerId: number, epoch: number, committed: boolean): void;
  };
  offsets(groupId: string): { resolve(producerId: number, committed: boolean): void };
}

/**
 * Producer ids and transactions (protocol version 1). An end is decided when it is prepared and acknowledged at once;
 * its markers follow one by one, when and in which order the caller says. Between the two, a reader sees nothing of
 * it, and the id begins no new transaction: `concurrent-transactions`.
 */
export class TransactionCoordinator {
  readonly #targets: MarkerTargets;
  readonly #byId = new Map<string, Transaction>();
  readonly #byProducer = new Map<number, Transaction>();
  readonly #markers = new Set<Marker>();
  #producers = 0;

  constructor(targets: MarkerTargets) {
    this.#targets = targets;
  }

  /**
   * A producer id and its epoch. Without a transactional id it is a new one each time; with one it is the same with
   * the next epoch, which fences the producers before it.
   * @param timeoutMs how long a transaction of the id may stay open.
   * @throws StreamsError `concurrent-transactions` while a transaction of the id is not complete; an open one is put
   * on its way to the abort by this call.
   */
  initProducerId(
    transactionalId: string | null,
    timeoutMs: number,
  ): { readonly producerId: number; readonly epoch: number } {
    if (transactionalId === null) return { producerId: this.#producers++, epoch: 0 };
    const known = this.#byId.get(transactionalId);
    if (known === undefined) return this.#register(transactionalId, timeoutMs);
    if (known.phase === 'ongoing') this.#fence(known);
    this.#assertComplete(known);
    known.epoch++;
    known.timeoutMs = timeoutMs;
    known.phase = 'empty';
    return { producerId: known.producerId, epoch: known.epoch };
  }

  /**
   * @throws StreamsError `fenced`, `concurrent-transactions` while the last end is not complete, `configuration` when
   * one of the partitions is not there; then none is added.
   */
  addPartitions(producer: ProducerIdentity, partitions: readonly TopicPartition[], now: number): void {
    const transaction = this.#owned(producer);
    for (const at of partitions) this.#targets.partition(at);
    this.#begin(transaction, now);
    for (const at of partitions) transaction.partitions.set(partitionKey(at), at);
  }

  /** @throws StreamsError `fenced`, `concurrent-transactions` while the last end is not complete. */
  addOffsets(producer: ProducerIdentity, groupId: string, now: number): void {
    const transaction = this.#owned(producer);
    this.#begin(transaction, now);
    transaction.groups.add(groupId);
  }

  /**
   * Decides the open transaction. Said again with the same outcome it is `concurrent-transactions` until the markers
   * are written, and then right: a producer whose answer was lost may ask until it hears.
   * @throws StreamsError `fenced`; `invalid-transaction` when it ended the other way, or there is nothing to end.
   */
  end(producer: ProducerIdentity, commit: boolean): void {
    const transaction = this.#owned(producer);
    const { phase } = transaction;
    if (phase === 'ongoing') this.#prepare(transaction, commit);
    else if (phase === (commit ? 'prepare-commit' : 'prepare-abort')) this.#assertComplete(transaction);
    else if (phase !== (commit ? 'complete-commit' : 'complete-abort')) {
      throw new StreamsError(
        'invalid-transaction',
        `${producer.transactionalId} cannot be ${commit ? 'committed' : 'aborted'} in phase ${phase}.`,
      );
    }
  }

  /**
   * May this producer write there in its transaction? Asked before the first batch and the first offsets.
   * @throws StreamsError `fenced`, `concurrent-transactions`, `invalid-transaction` when it was not added.
   */
  verify(producerId: number, epoch: number, at: Marker['at']): void {
    const transaction = this.#byProducer.get(producerId);
    if (transaction === undefined || transaction.epoch !== epoch)
      throw fenced(producerId, epoch, transaction);
    this.#assertComplete(transaction);
    const added =
      'groupId' in at ? transaction.groups.has(at.groupId) : transaction.partitions.has(partitionKey(at));
    if (transaction.phase === 'ongoing' && added) return;
    throw new StreamsError(
      'invalid-transaction',
      `${'groupId' in at ? at.groupId : partitionKey(at)} is not in the transaction of ${transaction.transactionalId}.`,
    );
  }

  /** What is decided and not written yet. */
  pendingMarkers(): readonly Marker[] {
    return [...this.#markers];
  }

  /** Writes one of the pending markers; the last one completes its transaction. One that is written changes nothing. */
  writeMarker(marker: Marker): void {
    if (!this.#markers.delete(marker)) return;
    const { producerId, epoch, committed, at } = marker;
    if ('groupId' in at) this.#targets.offsets(at.groupId).resolve(producerId, committed);
    else this.#targets.partition(at).marker(producerId, epoch, committed);
    const transaction = this.#byProducer.get(producerId);
    if (transaction !== undefined && --transaction.left === 0) {
      transaction.phase = committed ? 'complete-commit' : 'complete-abort';
    }
  }

  /** Puts transactions that are open for longer than their time-out on the way to the abort, and fences their owners. */
  expire(now: number): void {
    for (const transaction of this.#byId.values()) {
      if (transaction.phase === 'ongoing' && now - transaction.startedAt > transaction.timeoutMs) {
        this.#fence(transaction);
      }
    }
  }

  #register(transactionalId: string, timeoutMs: number): { producerId: number; epoch: number } {
    const transaction: Transaction = {
      transactionalId,
      producerId: this.#producers++,
      epoch: 0,
      timeoutMs,
      phase: 'empty',
      startedAt: 0,
      partitions: new Map(),
      groups: new Set(),
      left: 0,
    };
    this.#byId.set(transactionalId, transaction);
    this.#byProducer.set(transaction.producerId, transaction);
    return { producerId: transaction.producerId, epoch: 0 };
  }

  #begin(transaction: Transaction, now: number): void {
    this.#assertComplete(transaction);
    if (transaction.phase === 'ongoing') return;
    transaction.phase = 'ongoing';
    transaction.startedAt = now;
  }

  /** The markers carry the next epoch, so that a partition too refuses the old one once its marker is written. */
  #fence(transaction: Transaction): void {
    transaction.epoch++;
    this.#prepare(transaction, false);
  }

  #prepare(transaction: Transaction, committed: boolean): void {
    const { transactionalId, producerId, epoch, partitions, groups } = transaction;
    const targets: readonly Marker['at'][] = [
      ...partitions.values(),
      ...[...groups].map((groupId) => ({ groupId })),
    ];
    for (const at of targets) this.#markers.add({ transactionalId, producerId, epoch, committed, at });
    partitions.clear();
    groups.clear();
    transaction.left = targets.length;
    const outcome = committed ? 'commit' : 'abort';
    transaction.phase = targets.length === 0 ? `complete-${outcome}` : `prepare-${outcome}`;
  }

  #owned({ transactionalId, producerId, epoch }: ProducerIdentity): Transaction {
    const transaction = this.#byId.get(transactionalId);
    if (transaction?.producerId === producerId && transaction.epoch === epoch) return transaction;
    throw fenced(producerId, epoch, transaction);
  }

  #assertComplete({ transactionalId, phase }: Transaction): void {
    if (phase !== 'prepare-commit' && phase !== 'prepare-abort') return;
    throw new StreamsError(
      'concurrent-transactions',
      `The last transaction of ${transactionalId} is in phase ${phase}.`,
    );
  }
}

const fenced = (producerId: number, epoch: number, known: Transaction | undefined): StreamsError =>
  new StreamsError(
    'fenced',
    `Producer ${producerId} of epoch ${epoch} is fenced${known === undefined ? ': it is not known' : ` by epoch ${known.epoch}`}.`,
  );
