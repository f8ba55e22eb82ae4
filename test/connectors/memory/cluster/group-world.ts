import type { Joined } from '../../../../connectors/kafka-client/group-requests.ts';
import { GroupCoordinator } from '../../../../connectors/memory/cluster/group-coordinator.ts';
import type { JoinRequest } from '../../../../connectors/memory/cluster/group-member.ts';
import { StreamsError } from '../../../../topology/model/errors.ts';

const PARTITIONS = 6;
export const SESSION = 6_000;
export const REBALANCE = 10_000;

/** A member that takes every answer down and does nothing by itself. */
export class Client {
  readonly group: GroupCoordinator;
  readonly #request: Omit<JoinRequest, 'memberId'>;
  memberId: string | null = null;
  generation = -1;
  /** The last answer to a join or a sync: a code when it was refused, '' while it is awaited. */
  answer = 'none';
  partitions: readonly number[] = [];
  members: readonly string[] = [];
  /** Requests so far: an answer to an older one comes too late. */
  #asked = 0;

  constructor(group: GroupCoordinator, instanceId?: string, topics: readonly string[] = ['in']) {
    this.group = group;
    const timeouts = { sessionTimeoutMs: SESSION, rebalanceTimeoutMs: REBALANCE };
    this.#request = { topics, ...timeouts, ...(instanceId === undefined ? {} : { instanceId }) };
  }

  join(now: number, topics: readonly string[] = this.#request.topics): this {
    const request = this.#ask();
    this.group.join({ ...this.#request, topics, memberId: this.memberId }, now, (answer) => {
      if (request !== this.#asked) return;
      this.answer = answer instanceof StreamsError ? answer.code : 'joined';
      if (!(answer instanceof StreamsError)) this.#enter(answer);
    });
    return this;
  }

  sync(now: number): this {
    const request = this.#ask();
    this.group.sync(this.memberId ?? '', this.generation, now, (answer) => {
      if (request !== this.#asked) return;
      this.answer = answer instanceof StreamsError ? answer.code : 'synced';
      if (!(answer instanceof StreamsError)) this.partitions = answer.map(({ partition }) => partition);
    });
    return this;
  }

  heartbeat(now: number): string {
    return codeOf(() => this.group.heartbeat(this.memberId ?? '', this.generation, now));
  }

  commit(transactional: boolean, instanceId?: string): string {
    const { memberId, generation } = this;
    const slot = instanceId === undefined ? {} : { instanceId };
    return codeOf(() =>
      this.group.checkCommit({ memberId: memberId ?? '', generation, ...slot }, transactional),
    );
  }

  leave(now: number): string {
    return codeOf(() => this.group.leave(this.memberId ?? '', now));
  }

  #ask(): number {
    this.answer = '';
    return ++this.#asked;
  }

  #enter({ memberId, generation, members }: Joined): void {
    this.memberId = memberId;
    this.generation = generation;
    this.members = members.map((member) => member.memberId);
  }
}

/** The code of the error that is thrown, or `ok`. */
export function codeOf(call: () => void): string {
  try {
    call();
    return 'ok';
  } catch (error) {
    if (error instanceof StreamsError) return error.code;
    throw error;
  }
}

/** A group at rest of one member per name; a name that is not '' is a slot. */
export function stableGroup(slots: readonly string[]): { group: GroupCoordinator; clients: Client[] } {
  const group = new GroupCoordinator('g', (topic) => (topic === 'in' ? PARTITIONS : 0));
  const clients = slots.map((slot) => new Client(group, slot === '' ? undefined : slot));
  for (const client of clients) {
    client.join(0);
    for (const other of clients) if (other !== client && other.memberId !== null) other.join(0);
  }
  for (const client of clients.toReversed()) client.sync(0);
  return { group, clients };
}

export function twoMembers(slots: readonly [string, string] = ['', '']): {
  group: GroupCoordinator;
  a: Client;
  b: Client;
} {
  const { group, clients } = stableGroup(slots);
  const [a, b] = clients as [Client, Client];
  return { group, a, b };
}
