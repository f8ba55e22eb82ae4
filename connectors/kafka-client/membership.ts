import { isStreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type {
  AfterClose,
  Assignment,
  ConsumerOptions,
  GroupGeneration,
  RebalanceListener,
} from '../../topology/ports/kafka-driver.ts';
import type { GroupRequests } from './group-requests.ts';
import { Signal } from './signal.ts';

/** Pauses before a group that could not be reached is asked again grow from the first to the last: milliseconds. */
const FIRST = 50;
const LONGEST = 400;

/**
 * A client's part in a group: it joins, tells that it lives, and when the group changes gives up what it has and
 * joins again. All of it beside the polls, as a client with a heartbeat of its own does it: a rebalance may come
 * between any two steps of whoever works with the assignment.
 */
export class Membership {
  readonly #requests: GroupRequests;
  readonly #clock: Clock;
  readonly #options: ConsumerOptions;
  readonly #listener: RebalanceListener;
  readonly #changed = new Signal();
  #memberId: string | null = null;
  #generation = -1;
  #assignment: Assignment | undefined;
  /** What was said when it was closed. */
  #closed: AfterClose | undefined;
  #failure: Error | undefined;
  /** How often in a row the group could not be reached. */
  #failures = 0;

  constructor(requests: GroupRequests, clock: Clock, options: ConsumerOptions, listener: RebalanceListener) {
    this.#requests = requests;
    this.#clock = clock;
    this.#options = options;
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
    return this.#generationOf(this.#generation, this.#memberId ?? '');
  }

  /** Resolves when the assignment changed, or after the time. */
  async changed(waitMs: number): Promise<void> {
    await this.#changed.wait(milliseconds(waitMs), this.#clock);
  }

  /** Leaves the group; a static member that is to remain only falls silent. Who is out of it already has left. */
  async close(membership: AfterClose = 'leave'): Promise<void> {
    this.#closed = membership;
    this.#assignment = undefined;
    if (membership !== 'leave' && this.#options.instanceId !== undefined) return;
    try {
      await this.#requests.leave(this.#memberId);
    } catch (error) {
      const out = isStreamsError(error) && /^(?:generation|instance)-fenced$/.test(error.code);
      if (!out) throw error;
    }
  }

  async #live(): Promise<void> {
    try {
      while (this.#closed === undefined) {
        try {
          if (this.#assignment === undefined) await this.#join();
          else await this.#beat();
          this.#failures = 0;
        } catch (error) {
          await this.#understand(error);
        }
      }
    } catch (fatal) {
      this.#failure = fatal instanceof Error ? fatal : new Error('The membership ended.', { cause: fatal });
      this.#changed.give();
    }
  }

  async #join(): Promise<void> {
    const joined = await this.#requests.join(this.#memberId);
    const { generation, memberId } = joined;
    this.#memberId = memberId;
    this.#generation = generation;
    const partitions = await this.#requests.sync(joined);
    // Closed while it waited for the others: it must not hold up the group.
    if (this.#closed !== undefined) return this.close(this.#closed);
    this.#assignment = Object.freeze({ partitions, generation: this.#generationOf(generation, memberId) });
    this.#listener.onAssigned(this.#assignment);
    this.#changed.give();
  }

  async #beat(): Promise<void> {
    await this.#requests.rest();
    if (this.#closed !== undefined || this.#memberId === null) return;
    await this.#requests.heartbeat(this.#memberId, this.#generation);
  }

  /** What an error means for the assignment. @throws what ends the membership. */
  async #understand(error: unknown): Promise<void> {
    if (!isStreamsError(error) || !error.retry) throw error;
    const lost = error.code === 'generation-fenced';
    if (!lost && error.code !== 'rebalance-in-progress') {
      // Nobody knows: the group says it when it is asked again.
      this.#listener.onRetrying?.(error.code);
      await this.#clock.sleep(milliseconds(Math.min(LONGEST, FIRST * 2 ** this.#failures++)));
      return;
    }
    if (lost) this.#memberId = null;
    const given = this.#assignment;
    if (given === undefined) return;
    await this.#listener.onRevoked(given, lost ? 'lost' : 'rebalance');
    this.#assignment = undefined;
    this.#changed.give();
  }

  #generationOf(generation: number, memberId: string): GroupGeneration {
    const { groupId, instanceId } = this.#options;
    const of = { groupId, generation, memberId };
    return instanceId === undefined ? of : { ...of, instanceId };
  }
}
