import { StreamsError } from '../../../topology/model/errors.ts';

/** What an idempotent producer writes on each of its batches. */
export interface ProducerStamp {
  readonly producerId: number;
  readonly epoch: number;
  /** Number of the batch's first record, counted per partition from 0 in each epoch. */
  readonly sequence: number;
  readonly transactional: boolean;
}

interface Appended {
  readonly sequence: number;
  readonly count: number;
  readonly offset: number;
}

interface Known {
  readonly epoch: number;
  /** Sequence of the next batch. */
  next: number;
  /** The last ones, oldest first. */
  readonly batches: Appended[];
}

/** How many batches a broker remembers per producer, which is as many as a client may have under way. */
const REMEMBERED = 5;

/** Idempotence of one partition: what each producer wrote last, so that a batch sent again is not appended again. */
export class ProducerStates {
  readonly #known = new Map<number, Known>();

  /**
   * The first offset of the batch when it is here already, else undefined: it may be appended.
   * A producer nobody knows may begin at any sequence, as on a broker, whose memory of it may have expired.
   * @throws StreamsError `fenced` (a newer epoch has written here), `sequence-out-of-order` (something is missing
   * before the batch, or it is older than what is remembered).
   */
  duplicate({ producerId, epoch, sequence }: ProducerStamp, count: number): number | undefined {
    const known = this.#known.get(producerId);
    if (known === undefined) return undefined;
    if (epoch < known.epoch) {
      throw new StreamsError(
        'fenced',
        `Producer ${producerId} of epoch ${epoch} is fenced by epoch ${known.epoch}.`,
      );
    }
    if (epoch === known.epoch) {
      const again = known.batches.find((batch) => batch.sequence === sequence && batch.count === count);
      if (again !== undefined) return again.offset;
    }
    const expected = epoch === known.epoch ? known.next : 0;
    if (sequence === expected) return undefined;
    throw new StreamsError(
      'sequence-out-of-order',
      `Producer ${producerId} sent sequence ${sequence} where ${expected} was to come.`,
    );
  }

  /** The batch stands at the offset. */
  appended({ producerId, epoch, sequence }: ProducerStamp, count: number, offset: number): void {
    const known = this.#of(producerId, epoch);
    known.next = sequence + count;
    known.batches.push({ sequence, count, offset });
    if (known.batches.length > REMEMBERED) known.batches.shift();
  }

  /**
   * A marker brings its epoch along: from here on, older ones are fenced in this partition too.
   * @throws StreamsError `fenced` when a newer epoch has been here.
   */
  marked(producerId: number, epoch: number): void {
    const { epoch: known } = this.#of(producerId, epoch);
    if (known > epoch) {
      throw new StreamsError('fenced', `A marker of epoch ${epoch} comes after epoch ${known}.`);
    }
  }

  /**
   * Nothing from the offset on is in the log any more. What a producer sends next does not follow on what is left:
   * `sequence-out-of-order`, which is how it learns of the loss.
   */
  cut(from: number): void {
    for (const [producerId, { epoch, next, batches }] of this.#known) {
      const lost = batches.find(({ offset, count }) => offset + count > from);
      if (lost === undefined) continue;
      const left = batches.slice(0, batches.indexOf(lost));
      this.#known.set(producerId, { epoch, next: Math.min(next, lost.sequence), batches: left });
    }
  }

  #of(producerId: number, epoch: number): Known {
    const known = this.#known.get(producerId);
    if (known !== undefined && known.epoch >= epoch) return known;
    const fresh: Known = { epoch, next: 0, batches: [] };
    this.#known.set(producerId, fresh);
    return fresh;
  }
}
