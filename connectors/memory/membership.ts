import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type {
  Assignment,
  ConsumerOptions,
  GroupGeneration,
  RebalanceListener,
  TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import type { MemoryBroker } from './broker.ts';
import type { Client } from './client.ts';
import type { GroupCoordinator } from './cluster/group-coordinator.ts';
import type { Joined } from './cluster/group-member.ts';
import { Signal } from './signal.ts';

const PAUSE = milliseconds(50);

/**
 * A client's part in a group: it joins, tells that it lives, and when the group changes gives up what it has and
 * joins again. All of it beside the polls, as a client with a heartbeat of its own does it: a rebalance may come
 * between any two steps of whoever works with the assignment.
 */
export class Membership {
  readonly #broker: MemoryBroker;
  readonly #client: Client;
  readonly #options: ConsumerOptions;
  readonly #topics: readonly string[];
  readonly #listener: RebalanceListener;
  readonly #changed = new Signal();
  #memberId: string | null = null;
  #generation = -1;
  #assignment: Assignment | undefined;
  #closed = false;
  /** The name under which the group has let it in: it knows that before the answer has come here, if it ever does. */
  #enteredAs: string | null = null;
  #abandoned = false;
  #failure: unknown;

  constructor(
    broker: MemoryBroker,
    client: Client,
    options: ConsumerOptions,
    topics: readonly string[],
    listener: RebalanceListener,
  ) {
    this.#broker = broker;
    this.#client = client;
    this.#options = options;
    this.#topics = topics;
    this.#listener = listener;
    void this.#live();
  }

  /** What is owned now. @throws what ended the membership. */
  get assignment(): Assignment | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#assignment;
  }

  /** What the group said last, whether or not it is assigned yet: never to be read for a commit. */
  get live(): GroupGeneration {
    const { groupId, instanceId } = this.#options;
    const of = { groupId, generation: this.#generation, memberId: this.#memberId ?? '' };
    return instanceId === undefined ? of : { ...of, instanceId };
  }

  /** Resolves when the assignment changed, or after the time. */
  async changed(waitMs: number): Promise<void> {
    await this.#changed.wait(milliseconds(waitMs), this.#client.clock);
  }

  /** Leaves the group. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#assignment = undefined;
    await this.#client.link.call('leave-group', () => this.abandon());
  }

  /** The group goes on without this member, which does not take part any more. */
  abandon(): void {
    this.#closed = true;
    this.#abandoned = true;
    const memberId = this.#enteredAs;
    if (memberId === null) return;
    this.#broker.apply((state, now) => state.group(this.#options.groupId).leave(memberId, now));
  }

  /** Who is let in when it is gone would keep partitions that nobody reads. */
  #entered({ memberId }: Joined): void {
    this.#enteredAs = memberId;
    if (this.#abandoned) this.abandon();
  }

  async #live(): Promise<void> {
    try {
      while (!this.#closed) {
        try {
          if (this.#assignment === undefined) await this.#join();
          else await this.#beat();
        } catch (error) {
          await this.#understand(error);
        }
      }
    } catch (fatal) {
      this.#failure = fatal;
      this.#changed.give();
    }
  }

  async #join(): Promise<void> {
    const { groupId, instanceId, sessionTimeout, rebalanceTimeout } = this.#options;
    const { link, heartbeat } = this.#client;
    const request = {
      memberId: this.#memberId,
      ...(instanceId === undefined ? {} : { instanceId }),
      topics: this.#topics,
      // Without heartbeats nobody is taken for dead.
      sessionTimeoutMs: heartbeat === undefined ? Number.POSITIVE_INFINITY : sessionTimeout,
      rebalanceTimeoutMs: heartbeat === undefined ? Number.POSITIVE_INFINITY : rebalanceTimeout,
    };
    const { generation, memberId } = await link.call('join-group', () =>
      answered<Joined>((done) =>
        this.#broker.apply((state, now) =>
          state.group(groupId).join(request, now, (answer) => {
            if (!(answer instanceof StreamsError)) this.#entered(answer);
            done(answer);
          }),
        ),
      ),
    );
    this.#memberId = memberId;
    this.#generation = generation;
    const partitions = await link.call('sync-group', () =>
      answered<readonly TopicPartition[]>((done) =>
        this.#broker.apply((state, now) => state.group(groupId).sync(memberId, generation, now, done)),
      ),
    );
    // Closed while it waited for the others: it must not hold up the group.
    if (this.#closed) return this.close();
    const of = { groupId, generation, memberId };
    const assignment = {
      partitions,
      generation: instanceId === undefined ? of : { ...of, instanceId },
    };
    this.#assignment = Object.freeze(assignment);
    this.#listener.onAssigned(this.#assignment);
    this.#changed.give();
  }

  async #beat(): Promise<void> {
    const { link, clock, heartbeat } = this.#client;
    if (heartbeat === undefined) await this.#broker.changed(1_000);
    else await clock.sleep(heartbeat);
    const memberId = this.#memberId;
    if (this.#closed || memberId === null) return;
    await link.call('heartbeat', () => this.#group.heartbeat(memberId, this.#generation, this.#broker.now));
  }

  /** What an error means for the assignment. @throws what ends the membership. */
  async #understand(error: unknown): Promise<void> {
    if (!isStreamsError(error) || !error.retry) throw error;
    const lost = error.code === 'generation-fenced';
    if (!lost && error.code !== 'rebalance-in-progress') {
      // Nobody knows: the group says it when it is asked again.
      await this.#client.clock.sleep(PAUSE);
      return;
    }
    if (lost) this.#memberId = null;
    const given = this.#assignment;
    if (given === undefined) return;
    await this.#listener.onRevoked(given, lost ? 'lost' : 'rebalance');
    this.#assignment = undefined;
    this.#changed.give();
  }

  get #group(): GroupCoordinator {
    return this.#broker.state.group(this.#options.groupId);
  }
}

/** The answer that comes by callback. @throws the StreamsError that it may be. */
function answered<A extends object>(ask: (done: (answer: A | StreamsError) => void) => void): Promise<A> {
  return new Promise((resolve, reject) =>
    ask((answer) => {
      if (answer instanceof StreamsError) reject(answer);
      else resolve(answer);
    }),
  );
}
