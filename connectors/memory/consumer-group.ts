import { StreamsError } from '../../topology/model/errors.ts';
import type { Assignment, GroupGeneration, TopicPartition } from '../../topology/ports/kafka-driver.ts';

interface Member {
  readonly id: string;
  readonly topics: readonly string[];
  /** Generation that the member has given its partitions up for and waits to enter. */
  joined: number;
}

/**
 * Members of one group and who owns what. Eager: a change of members opens a new generation; it is assigned once
 * every member has given up what it had, which a member does in its own poll. Until then the old generation may commit.
 */
export class ConsumerGroup {
  readonly #groupId: string;
  readonly #partitionsOf: (topic: string) => number;
  readonly #changed: () => void;
  readonly #members = new Map<string, Member>();
  /** The generation that is assigned, and the one that is being formed; equal while the group is at rest. */
  #generation = 0;
  #forming = 0;
  #assigned = new Map<string, Assignment>();

  constructor(groupId: string, partitionsOf: (topic: string) => number, changed: () => void) {
    this.#groupId = groupId;
    this.#partitionsOf = partitionsOf;
    this.#changed = changed;
  }

  add(id: string, topics: readonly string[]): void {
    this.#members.set(id, { id, topics, joined: -1 });
    this.#open();
  }

  remove(id: string): void {
    if (this.#members.delete(id)) this.#open();
  }

  /** True when the member's assignment is of an older generation. */
  mustRejoin(id: string, assignment: Assignment | undefined): boolean {
    return this.#members.has(id) && assignment?.generation.generation !== this.#forming;
  }

  /** The member has given up its partitions. Its new assignment, once everybody has; else undefined. */
  join(id: string): Assignment | undefined {
    const member = this.#members.get(id);
    if (member === undefined) return undefined;
    member.joined = this.#forming;
    if ([...this.#members.values()].some(({ joined }) => joined !== this.#forming)) return undefined;
    if (this.#generation !== this.#forming) {
      this.#generation = this.#forming;
      this.#assigned = this.#assign();
      this.#changed();
    }
    return this.#assigned.get(id);
  }

  /** @throws StreamsError `fenced` unless the member belongs to the group in just this generation. */
  assertCurrent({ generation, memberId }: GroupGeneration): void {
    if (generation !== this.#generation || !this.#members.has(memberId)) {
      throw new StreamsError(
        'fenced',
        `Member ${memberId} of generation ${generation} is not in generation ${this.#generation} of ${this.#groupId}.`,
      );
    }
  }

  #open(): void {
    this.#forming++;
    this.#changed();
  }

  /** Partition p of every topic to one member: what is read together stays together. */
  #assign(): Map<string, Assignment> {
    const ids = [...this.#members.keys()].sort();
    const topics = [...new Set([...this.#members.values()].flatMap((member) => member.topics))];
    const owned = new Map<string, TopicPartition[]>(ids.map((id) => [id, []]));
    for (const topic of topics) {
      for (let partition = 0; partition < this.#partitionsOf(topic); partition++) {
        owned.get(ids[partition % ids.length] as string)?.push({ topic, partition });
      }
    }
    const generation = this.#generation;
    return new Map(
      ids.map((id): [string, Assignment] => [
        id,
        Object.freeze({
          partitions: owned.get(id) ?? [],
          generation: { groupId: this.#groupId, generation, memberId: id },
        }),
      ]),
    );
  }
}
