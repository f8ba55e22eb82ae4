import type { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import type {
  ConsumerOptions,
  ConsumerPort,
  TopicPartition,
  TransactionOptions,
  TransactionPort,
} from '../../../topology/ports/kafka-driver.ts';

/** A call of a port, as the engine makes it. */
export type Call = 'init' | 'send' | 'send-offsets' | 'commit' | 'poll' | 'committed' | 'read';

/** What happens around a call: nothing, or it throws, or it never answers. */
export interface Faults {
  before?(call: Call, read?: TopicPartition): void | Promise<void>;
  /** The call was applied; what is thrown here is an answer that got lost. */
  after?(call: Call): void | Promise<void>;
  /** The time that the broker gives to what is sent, in place of its own. */
  readonly appendTime?: number;
  /** What is sent was sent before. */
  readonly resent?: true;
}

const never = new Promise<never>(() => {});

/** The in-memory driver of one worker with faults in it. */
export class FaultyDriver extends MemoryDriver {
  readonly #faults: Faults;
  #dead = false;
  polls = 0;

  constructor(broker: MemoryBroker, faults: Faults) {
    super(broker);
    this.#faults = faults;
  }

  get dead(): boolean {
    return this.#dead;
  }

  override kill(): void {
    this.#dead = true;
    super.kill();
  }

  override consumer(options: ConsumerOptions): ConsumerPort {
    const inner = super.consumer(options);
    return {
      subscribe: (topics, listener) => inner.subscribe(topics, listener),
      poll: (limits) => {
        this.polls++;
        return this.#around('poll', () => inner.poll(limits));
      },
      seek: (at, offset) => inner.seek(at, offset),
      pause: (at) => inner.pause(at),
      stepOver: (at) => inner.stepOver(at),
      committed: (at) => this.#around('committed', () => inner.committed(at)),
      commit: (offsets, generation) => inner.commit(offsets, generation),
      close: (membership) => inner.close(membership),
    };
  }

  override transactions(options: TransactionOptions): TransactionPort {
    const inner = super.transactions(options);
    return {
      init: () => this.#around('init', () => inner.init()),
      begin: () => inner.begin(),
      send: (topic, records) =>
        this.#around('send', async () => {
          const { appendTime, resent } = this.#faults;
          const appended = await inner.send(topic, records);
          if (appendTime === undefined) return appended;
          return appended.map((run) =>
            resent === true ? { ...run, appendTime, resent } : { ...run, appendTime },
          );
        }),
      sendOffsets: (offsets, generation) =>
        this.#around('send-offsets', () => inner.sendOffsets(offsets, generation)),
      commit: () => this.#around('commit', () => inner.commit()),
      abort: () => inner.abort(),
      close: () => inner.close(),
    };
  }

  override read(...args: Parameters<MemoryDriver['read']>): Promise<number> {
    return this.#around('read', () => super.read(...args), args[0]);
  }

  async #around<R>(call: Call, work: () => Promise<R>, read?: TopicPartition): Promise<R> {
    await this.#faults.before?.(call, read);
    if (this.#dead) return never;
    const result = await work();
    await this.#faults.after?.(call);
    if (this.#dead) return never;
    return result;
  }
}
