import { BrokerState } from '../../../connectors/memory/cluster/broker.ts';
import type { NewRecord } from '../../../connectors/memory/cluster/partition-log.ts';
import { text } from '../../../topology/model/codec.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import type { KafkaRecord } from '../../../topology/model/record.ts';
import type { Committer, Identity, Joined, Joining, LogView, Pending, Place, Stamp, World } from './world.ts';

const TOPIC = 'topic';

/** The state machine of the in-memory cluster, with a clock that stands unless it is moved, and markers written at once. */
export class MemoryWorld implements World {
  readonly #state = new BrokerState();
  #now = 0;

  constructor(partitions: number) {
    this.#state.createTopics([{ name: TOPIC, partitions }]);
  }

  initProducerId(transactionalId: string | null, timeoutMs: number): Promise<Identity> {
    return this.#do(() => {
      try {
        return this.#state.transactions.initProducerId(transactionalId, timeoutMs);
      } catch (error) {
        // Asked again when the markers of what it ended are written.
        this.#writeMarkers();
        if (!(error instanceof StreamsError) || error.code !== 'concurrent-transactions') throw error;
        return this.#state.transactions.initProducerId(transactionalId, timeoutMs);
      }
    });
  }

  addPartitions(transactionalId: string, of: Identity, partitions: readonly number[]): Promise<void> {
    const topicPartitions = partitions.map((partition) => ({ topic: TOPIC, partition }));
    return this.#do(() =>
      this.#state.transactions.addPartitions({ transactionalId, ...of }, topicPartitions, this.#now),
    );
  }

  addOffsets(transactionalId: string, of: Identity, groupId: string): Promise<void> {
    return this.#do(() =>
      this.#state.transactions.addOffsets({ transactionalId, ...of }, groupId, this.#now),
    );
  }

  produce(partition: number, values: readonly string[], stamp: Stamp | undefined): Promise<number> {
    const records = values.map(
      (value): NewRecord => ({ key: null, value: text.encode(value), timestamp: 0 }),
    );
    const at = { topic: TOPIC, partition };
    return this.#do(() =>
      stamp === undefined
        ? this.#state.produce(at, records)
        : this.#state.produce(at, records, { ...stamp, transactional: stamp.transactionalId !== null }),
    );
  }

  stageOffset(
    transactionalId: string,
    of: Identity,
    groupId: string,
    as: Committer,
    at: Place,
  ): Promise<void> {
    return this.#do(() =>
      this.#state.txnOffsetCommit(groupId, { transactionalId, ...of }, as, offsetsOf(at)),
    );
  }

  endTransaction(transactionalId: string, of: Identity, commit: boolean): Promise<void> {
    return this.#do(() => this.#state.transactions.end({ transactionalId, ...of }, commit));
  }

  commitOffset(groupId: string, as: Committer, at: Place): Promise<void> {
    return this.#do(() => this.#state.commitOffsets(groupId, as, offsetsOf(at)));
  }

  committedOffset(groupId: string, partition: number, stable: boolean): Promise<number | undefined> {
    const at = [{ topic: TOPIC, partition }];
    return this.#do(() => [...this.#state.offsets(groupId).read(at, stable).values()][0]?.offset);
  }

  deleteRecords(partition: number, before: number): Promise<void> {
    return this.#do(() => this.#state.deleteRecords({ topic: TOPIC, partition }, before));
  }

  look(partition: number): Promise<LogView> {
    return this.#do(() => {
      const { log } = this.#state.partition({ topic: TOPIC, partition });
      const read = (committed: boolean): string[] =>
        log
          .read(log.start, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, { committed })
          .records.map(shown);
      const { start, stableEnd, end } = log;
      return { start, stableEnd, end, committed: read(true), all: read(false) };
    });
  }

  join(groupId: string, who: Joining): Pending<Joined> {
    return pending((done) =>
      this.#state.group(groupId).join({ ...who, topics: [TOPIC] }, this.#now, (answer) => {
        if (answer instanceof StreamsError) done(answer);
        else {
          const { generation, memberId, members } = answer;
          done({ generation, memberId, leads: members.length > 0 });
        }
      }),
    );
  }

  sync(groupId: string, { memberId, generation }: Committer): Pending<readonly number[]> {
    return pending((done) =>
      this.#state
        .group(groupId)
        .sync(memberId, generation, this.#now, (answer) =>
          done(answer instanceof StreamsError ? answer : answer.map(({ partition }) => partition)),
        ),
    );
  }

  heartbeat(groupId: string, { memberId, generation }: Committer): Promise<void> {
    return this.#do(() => this.#state.group(groupId).heartbeat(memberId, generation, this.#now));
  }

  leave(groupId: string, { memberId }: Pick<Committer, 'memberId'>): Promise<void> {
    return this.#do(() => this.#state.group(groupId).leave(memberId, this.#now));
  }

  pass(milliseconds: number): Promise<void> {
    return this.#do(() => {
      // In steps, as time passes: what one end leads to may itself take its time.
      for (const until = this.#now + milliseconds; this.#now < until; ) {
        this.#now = Math.min(until, this.#now + 50);
        this.#state.tick(this.#now);
      }
      this.#state.transactions.expire(this.#now);
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #do<R>(work: () => R): Promise<R> {
    try {
      return await Promise.resolve(work());
    } finally {
      this.#writeMarkers();
    }
  }

  #writeMarkers(): void {
    const { transactions } = this.#state;
    for (const marker of transactions.pendingMarkers()) transactions.writeMarker(marker);
  }
}

const shown = ({ offset, value }: KafkaRecord): string =>
  `${offset}:${value === null ? 'null' : text.decode(value)}`;

const offsetsOf = ({ partition, offset }: Place): Map<string, { offset: number; metadata: string }> =>
  new Map([[`${TOPIC}/${partition}`, { offset, metadata: '' }]]);

function pending<A>(ask: (done: (answer: A | StreamsError) => void) => void): Pending<A> {
  let given: A | StreamsError | undefined;
  const answered = Promise.withResolvers<void>();
  ask((answer) => {
    given = answer;
    answered.resolve();
  });
  return {
    get answer() {
      if (given instanceof StreamsError) throw given;
      return given;
    },
    entered: Promise.resolve(),
    answered: answered.promise,
  };
}
