import { StreamsError } from '../../topology/model/errors.ts';
import type { ConsumerOptions, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { GroupRequests, Joined } from '../kafka-client/group-requests.ts';
import type { MemoryBroker } from './broker.ts';
import type { Client } from './client.ts';
import type { GroupCoordinator } from './cluster/group-coordinator.ts';

/** The group protocol with the in-memory broker. */
export class MemoryGroupRequests implements GroupRequests {
  readonly #broker: MemoryBroker;
  readonly #client: Client;
  readonly #options: ConsumerOptions;
  readonly #topics: readonly string[];
  /** The name under which the group has let it in: it knows that before the answer has come here, if it ever does. */
  #enteredAs: string | null = null;
  #abandoned = false;

  constructor(broker: MemoryBroker, client: Client, options: ConsumerOptions, topics: readonly string[]) {
    this.#broker = broker;
    this.#client = client;
    this.#options = options;
    this.#topics = topics;
  }

  join(memberId: string | null): Promise<Joined> {
    const { instanceId, sessionTimeout, rebalanceTimeout } = this.#options;
    const { link, heartbeat } = this.#client;
    const request = {
      memberId,
      ...(instanceId === undefined ? {} : { instanceId }),
      topics: this.#topics,
      // Without heartbeats nobody is taken for dead.
      sessionTimeoutMs: heartbeat === undefined ? Number.POSITIVE_INFINITY : sessionTimeout,
      rebalanceTimeoutMs: heartbeat === undefined ? Number.POSITIVE_INFINITY : rebalanceTimeout,
    };
    return link.call('join-group', () =>
      answered<Joined>((done) =>
        this.#broker.apply((_state, now) =>
          this.#group.join(request, now, (answer) => {
            if (!(answer instanceof StreamsError)) this.#entered(answer);
            done(answer);
          }),
        ),
      ),
    );
  }

  /** The coordinator makes the assignment itself. */
  sync({ memberId, generation }: Joined): Promise<readonly TopicPartition[]> {
    return this.#client.link.call('sync-group', () =>
      answered<readonly TopicPartition[]>((done) =>
        this.#broker.apply((_state, now) => this.#group.sync(memberId, generation, now, done)),
      ),
    );
  }

  /** The bell is not rung: nothing changes for others. */
  async heartbeat(memberId: string, generation: number): Promise<void> {
    await this.#client.link.call('heartbeat', () =>
      this.#group.heartbeat(memberId, generation, this.#broker.now),
    );
  }

  async leave(): Promise<void> {
    await this.#client.link.call('leave-group', () => {
      this.#abandoned = true;
      this.#leave();
    });
  }

  /** In one process the broker itself says when there is something to say. */
  async rest(): Promise<void> {
    const { clock, heartbeat } = this.#client;
    if (heartbeat === undefined) await this.#broker.changed(1_000);
    else await clock.sleep(heartbeat);
  }

  /** The group goes on without this member. */
  abandon(): void {
    this.#abandoned = true;
    try {
      this.#leave();
    } catch {
      // The group has gone on without it before.
    }
  }

  #leave(): void {
    const memberId = this.#enteredAs;
    if (memberId === null) return;
    this.#broker.apply((_state, now) => this.#group.leave(memberId, now));
  }

  /** Who is let in when it is gone would keep partitions that nobody reads. */
  #entered({ memberId }: Joined): void {
    this.#enteredAs = memberId;
    if (this.#abandoned) this.abandon();
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
