import { TOPIC } from '../../schemas/topics.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { BatchingProducer } from './batching-producer.ts';
import { publishDeadLetter, type Refused } from './dead-letter.ts';
import { type Offered, type Shaping, shaped } from './shape.ts';

/** How much of what was published; it grows. */
export interface Published {
  /** Records by topic that are acknowledged. */
  readonly records: Map<string, number>;
  /** Dead letters by reason. */
  readonly refused: Map<string, number>;
  /** Resources by type that the topology reads nothing of. */
  readonly others: Map<string, number>;
}

/** Something to publish, and where it stands in its input. */
export interface Placed extends Offered {
  /** Number of its line or entry, from 1. */
  readonly place?: number;
}

/** Publishes what is offered, and sends what is no FHIR to the dead letters. */
export class Sending {
  readonly published: Published = { records: new Map(), refused: new Map(), others: new Map() };
  readonly #producer: Pick<BatchingProducer, 'send'> | undefined;
  readonly #clock: Clock;
  readonly #shaping: Shaping;

  /** @param producer without one nothing is sent, and everything counted as if it were. */
  constructor(producer: Pick<BatchingProducer, 'send'> | undefined, clock: Clock, shaping: Shaping) {
    this.#producer = producer;
    this.#clock = clock;
    this.#shaping = shaping;
  }

  /** Records and dead letters that are acknowledged. */
  get acknowledged(): number {
    const { records, refused } = this.published;
    return [...records.values(), ...refused.values()].reduce((all, n) => all + n, 0);
  }

  /**
   * Resolves when all of it is acknowledged, or counted as not for the topology. `refused` is told of each that is a dead letter.
   * @throws StreamsError what the brokers refuse; any part may be there then.
   */
  async send<T extends Placed>(
    offered: readonly T[],
    refused: (one: T, why: Refused) => void,
  ): Promise<void> {
    const { records, refused: letters, others } = this.published;
    const acknowledged: Promise<unknown>[] = [];
    const passedOver: string[] = [];
    const counted = async (
      topic: string,
      record: Parameters<BatchingProducer['send']>[1],
      into: [Map<string, number>, string],
    ) => {
      await this.#producer?.send(topic, record);
      add(...into);
    };
    for (const one of offered) {
      const now = this.#clock.now();
      const what = shaped(one, this.#shaping, now);
      if (what.kind === 'other') passedOver.push(what.type);
      else if (what.kind === 'record')
        acknowledged.push(counted(what.topic, what.record, [records, what.topic]));
      else {
        const why: Refused = { reason: what.reason, detail: what.detail, place: one.place };
        refused(one, why);
        const letter = publishDeadLetter(one, why, now);
        acknowledged.push(counted(TOPIC.deadLetters, letter, [letters, what.reason]));
      }
    }
    // All of them end before the first failure is told: what comes next must not be mixed with them.
    const ends = await Promise.allSettled(acknowledged);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    // What failed is offered once more as a whole: of it these are counted then.
    for (const type of passedOver) add(others, type);
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
