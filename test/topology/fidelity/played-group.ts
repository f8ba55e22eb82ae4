import { isStreamsError } from '../../../topology/model/errors.ts';
import { type As, type GroupStep, SLOTS } from './group-script.ts';
import type { Committer, Identity, Joined, Pending, World } from './world.ts';

const GROUP = 'g';
/** Nobody is taken for dead, and no rebalance ends because somebody is waited for in vain. */
const LONG = 600_000;
const NOBODY: Committer = { generation: -1, memberId: '' };

/** A member as its client knows it. */
interface Member {
  readonly instanceId: string | undefined;
  memberId: string | null;
  generation: number;
  joining: Pending<Joined> | undefined;
  syncing: Pending<readonly number[]> | undefined;
  synced: boolean;
}

export interface GroupPlay {
  readonly outcomes: readonly string[];
  /** Who was answered in each step. */
  readonly answered: readonly (readonly string[])[];
}

/**
 * Plays a script. Joins and syncs are answered when the cluster likes; `answered` are those of another play, and the answers of the same
 * step are waited for here: what comes earlier than there, or later, is another outcome.
 */
export async function playGroup(
  world: World,
  script: readonly GroupStep[],
  answered?: GroupPlay['answered'],
): Promise<GroupPlay> {
  const group = new PlayedGroup(world);
  const outcomes: string[] = [];
  const answers: string[][] = [];
  await group.begin();
  for (const [i, one] of script.entries()) {
    const outcome = await outcomeOf(group.take(one, i));
    const now = await group.answers(answered?.[i]);
    answers.push(now.map(([name]) => name));
    const told = Object.values(one).join(' ');
    outcomes.push([`${told}: ${outcome}`, ...now.map(([name, answer]) => `${name} = ${answer}`)].join('; '));
  }
  return { outcomes, answered: answers };
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify((await work) ?? 'done');
  } catch (error) {
    if (isStreamsError(error)) return error.code;
    throw error;
  }
}

class PlayedGroup {
  readonly #world: World;
  readonly #members: readonly Member[] = SLOTS.map((instanceId) => ({
    instanceId,
    memberId: null,
    generation: -1,
    joining: undefined,
    syncing: undefined,
    synced: true,
  }));
  #producer: Identity = { producerId: -1, epoch: -1 };

  constructor(world: World) {
    this.#world = world;
  }

  async begin(): Promise<void> {
    this.#producer = await this.#world.initProducerId('x', LONG);
  }

  async take(one: GroupStep, number: number): Promise<unknown> {
    const member = this.#members['m' in one ? one.m : 0] as Member;
    switch (one.do) {
      case 'join':
        return member.memberId === null && member.joining === undefined ? this.#join(member) : 'it is there';
      case 'join again':
        return this.#joinAgain();
      case 'sync':
        for (const other of this.#members) if (!other.synced) this.#sync(other);
        return undefined;
      case 'beat':
        return member.memberId === null || member.joining !== undefined
          ? 'nobody'
          : this.#world.heartbeat(GROUP, committerOf(member));
      case 'leave':
        return this.#leave(member);
      case 'commit':
        return this.#world.commitOffset(GROUP, this.#name(member, one.as), { partition: 0, offset: number });
      case 'commit in transaction':
        return this.#inTransaction(this.#name(member, one.as), number);
      case 'read offset':
        return this.#world.committedOffset(GROUP, 0, true);
    }
  }

  /** The answers that have come, by what they answer; those of `expected` are waited for. */
  async answers(expected: readonly string[] | undefined): Promise<[name: string, answer: string][]> {
    const come: [string, string][] = [];
    for (const [n, member] of this.#members.entries()) {
      const { joining, syncing } = member;
      if (joining !== undefined) {
        const name = `${n} joins`;
        await (expected?.includes(name) === false ? joining.entered : expected && joining.answered);
        const answer = this.#joined(member, joining);
        if (answer !== undefined) come.push([name, answer]);
      }
      if (syncing !== undefined) {
        const name = `${n} syncs`;
        await (expected?.includes(name) === true ? syncing.answered : undefined);
        const answer = this.#synced(member, syncing);
        if (answer !== undefined) come.push([name, answer]);
      }
    }
    return come;
  }

  #join(member: Member): undefined {
    const { memberId, instanceId } = member;
    const slot = instanceId === undefined ? {} : { instanceId };
    const patience = { sessionTimeoutMs: LONG, rebalanceTimeoutMs: LONG };
    member.joining = this.#world.join(GROUP, { memberId, ...slot, ...patience });
    member.synced = true;
  }

  async #joinAgain(): Promise<void> {
    for (const member of this.#members) {
      if (member.memberId === null || member.joining !== undefined) continue;
      const said = await outcomeOf(this.#world.heartbeat(GROUP, committerOf(member)));
      if (said === 'rebalance-in-progress') this.#join(member);
      else if (said.endsWith('fenced')) this.#isOut(member);
    }
  }

  /** Of a member that is none there is nothing more to ask. */
  #isOut(member: Member): void {
    member.memberId = null;
    member.synced = true;
  }

  #joined(member: Member, joining: Pending<Joined>): string | undefined {
    try {
      const { answer } = joining;
      if (answer === undefined) return undefined;
      member.joining = undefined;
      member.memberId = answer.memberId;
      member.generation = answer.generation;
      member.synced = false;
      return `generation ${answer.generation}`;
    } catch (error) {
      member.joining = undefined;
      return this.#refused(member, error);
    }
  }

  #sync(member: Member): void {
    member.synced = true;
    member.syncing = this.#world.sync(GROUP, committerOf(member));
  }

  #synced(member: Member, syncing: Pending<readonly number[]>): string | undefined {
    try {
      const { answer } = syncing;
      if (answer === undefined) return undefined;
      member.syncing = undefined;
      // Which ones a member without a slot gets is decided by its id, which is any.
      return member.instanceId === undefined
        ? `${answer.length} partitions`
        : `partitions ${answer.join(' ')}`;
    } catch (error) {
      member.syncing = undefined;
      return this.#refused(member, error);
    }
  }

  #refused(member: Member, error: unknown): string {
    if (!isStreamsError(error)) throw error;
    if (error.code.endsWith('fenced')) this.#isOut(member);
    return error.code;
  }

  async #leave(member: Member): Promise<unknown> {
    if (member.memberId === null || member.joining !== undefined) return 'nobody';
    const { memberId, instanceId } = member;
    this.#isOut(member);
    return this.#world.leave(GROUP, instanceId === undefined ? { memberId } : { memberId, instanceId });
  }

  async #inTransaction(who: Committer, offset: number): Promise<void> {
    await this.#world.addOffsets('x', this.#producer, GROUP);
    try {
      await this.#world.stageOffset('x', this.#producer, GROUP, who, { partition: 0, offset });
    } finally {
      await this.#world.endTransaction('x', this.#producer, true);
    }
  }

  #name(member: Member, name: As): Committer {
    const own = committerOf(member);
    switch (name) {
      case 'itself':
        return own;
      case 'older':
        return { ...own, generation: own.generation - 1 };
      case 'newer':
        return { ...own, generation: own.generation + 1 };
      case 'stranger':
        return { ...own, memberId: 'stranger' };
      case 'without its slot':
        return { generation: own.generation, memberId: own.memberId };
      case 'nobody':
        return NOBODY;
    }
  }
}

function committerOf({ memberId, generation, instanceId }: Member): Committer {
  const who = { memberId: memberId ?? '', generation: memberId === null ? -1 : generation };
  return instanceId === undefined ? who : { ...who, instanceId };
}
