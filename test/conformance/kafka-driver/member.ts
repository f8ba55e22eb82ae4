import type { KafkaRecord } from '../../../topology/model/record.ts';
import {
  type Assignment,
  type ConsumerPort,
  type KafkaDriver,
  type PolledBatch,
  type PollLimits,
  partitionKey,
  type RebalanceListener,
  type TopicPartition,
} from '../../../topology/ports/kafka-driver.ts';
import { eventually } from './law.ts';
import { LIMITS, numbered } from './records.ts';
import type { KafkaUnderTest } from './under-test.ts';

export interface MemberOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Tells the members apart in the diary. */
  readonly name?: string;
  readonly driver?: KafkaDriver;
  readonly instanceId?: string;
  /** What happened to whom, in its order; may be shared. */
  readonly diary?: string[];
  /** What is awaited before the assignment is given up. */
  readonly givingUp?: () => Promise<void>;
}

/** A member of a group that writes down what it is told. */
export class Member implements RebalanceListener {
  readonly driver: KafkaDriver;
  readonly consumer: ConsumerPort;
  readonly diary: string[];
  readonly #name: string;
  readonly #givingUp: (() => Promise<void>) | undefined;
  /** Undefined between two assignments. */
  assignment: Assignment | undefined;
  #sought: Assignment | undefined;

  constructor(under: KafkaUnderTest, { groupId, instanceId, ...options }: MemberOptions) {
    this.driver = options.driver ?? under.driver();
    this.diary = options.diary ?? [];
    this.#name = options.name ?? 'member';
    this.#givingUp = options.givingUp;
    this.consumer = this.driver.consumer({
      groupId,
      sessionTimeout: under.sessionTimeout,
      rebalanceTimeout: under.sessionTimeout,
      ...(instanceId === undefined ? {} : { instanceId }),
    });
  }

  onAssigned(assignment: Assignment): void {
    this.assignment = assignment;
    this.diary.push(`${this.#name} has ${told(assignment)}`);
  }

  async onRevoked(assignment: Assignment, why: 'rebalance' | 'lost'): Promise<void> {
    this.diary.push(`${this.#name} gives up ${told(assignment)}: ${why}`);
    await this.#givingUp?.();
    this.diary.push(`${this.#name} has given up`);
    this.assignment = undefined;
  }

  /** What it owns now. @throws Error when it owns nothing yet. */
  get owned(): Assignment {
    if (this.assignment === undefined) throw new Error('There is no assignment.');
    return this.assignment;
  }

  /** Polls, after it has gone to the start of each partition that is new to it. */
  async poll(limits: Partial<PollLimits> = {}): Promise<readonly PolledBatch[]> {
    const { assignment } = this;
    if (assignment !== undefined && assignment !== this.#sought) {
      this.#sought = assignment;
      for (const at of assignment.partitions) {
        const { start } = await this.driver.admin().offsets(at);
        if (assignment === this.assignment) this.consumer.seek(at, start);
      }
    }
    return this.consumer.poll({ ...LIMITS, ...limits });
  }

  /** Goes to an offset, in place of the start. */
  seek(at: TopicPartition, offset: number): void {
    this.#sought = this.assignment;
    this.consumer.seek(at, offset);
  }
}

const told = ({ partitions }: Assignment): string =>
  partitions.length === 0 ? 'nothing' : partitions.map(partitionKey).sort().join(' ');

export async function join(under: KafkaUnderTest, options: MemberOptions): Promise<Member> {
  const member = new Member(under, options);
  await member.consumer.subscribe(options.topics, member);
  return member;
}

/** The only member of a group of its own, with its partitions. */
export async function soleMember(
  under: KafkaUnderTest,
  topics: readonly string[],
  driver: KafkaDriver = under.driver(),
): Promise<Member> {
  const member = await join(under, { groupId: under.fresh('group'), topics, driver });
  await settled(under, [member]);
  return member;
}

/** Waits until the members are in one generation, and each has what is its own there. */
export async function settled(under: KafkaUnderTest, members: readonly Member[]): Promise<void> {
  await eventually(under, `one generation with all ${members.length} members`, async () => {
    const generations = new Set(members.map(({ assignment }) => assignment?.generation.generation));
    if (generations.size !== 1 || generations.has(undefined)) return undefined;
    const partitions = members.flatMap(({ assignment }) => assignment?.partitions ?? []);
    // Of the same generation, but perhaps of members that are gone: then something is missing.
    const topics = new Set(partitions.map(({ topic }) => topic));
    let expected = 0;
    for (const count of (
      await under
        .driver()
        .admin()
        .partitions([...topics])
    ).values())
      expected += count;
    return partitions.length === expected && expected > 0 ? true : undefined;
  });
}

/** Reads one partition from where the member stands up to an offset. */
export async function polledUpTo(
  under: KafkaUnderTest,
  member: Member,
  end: number,
  limits: Partial<PollLimits> = {},
): Promise<KafkaRecord[]> {
  const polled: KafkaRecord[] = [];
  await eventually(under, `a position of ${end}`, async () => {
    let last = -1;
    for (let more = true; more && last < end; ) {
      const batches = await member.poll(limits);
      for (const batch of batches) {
        polled.push(...batch.records);
        last = batch.nextOffset;
      }
      more = batches.length > 0;
    }
    return last >= end ? true : undefined;
  });
  return polled.filter(({ offset }) => offset < end);
}

/** `topic/partition` of each that it owns. */
export const owns = (member: Member): string[] =>
  (member.assignment?.partitions ?? []).map(partitionKey).sort();

/** `topic/0`, `topic/1`, … */
export const partitionsNamed = (topic: string, count: number): string[] => numbered(`${topic}/`, count);
