import { StreamsError } from '../../../topology/model/errors.ts';
import { assign } from '../../kafka-client/assignor.ts';
import type { Joined } from '../../kafka-client/group-requests.ts';
import {
  type Committer,
  type JoinAnswer,
  type JoinRequest,
  type Member,
  memberOf,
  type SyncAnswer,
  sameTopics,
  subscriberOf,
} from './group-member.ts';
import { otherGeneration, rebalancing, slotTaken, unknownMember } from './group-refusals.ts';

export type GroupState = 'empty' | 'preparing-rebalance' | 'completing-rebalance' | 'stable';

/**
 * One consumer group of the classic protocol, eager. A rebalance is answered in two steps: `join` opens the new
 * generation once everybody has given up what they had, `sync` says who owns what in it. The generation counts from
 * the join answer on, before anybody has synced; until then the old one does. Answers come by callback, at once or
 * later; a callback may call the coordinator.
 */
export class GroupCoordinator {
  readonly #groupId: string;
  readonly #partitionsOf: (topic: string) => number;
  readonly #members = new Map<string, Member>();
  /** Member id by instance id. */
  readonly #slots = new Map<string, string>();
  /** Ids whose slot another member has taken. */
  readonly #replaced = new Set<string>();
  #state: GroupState = 'empty';
  #generation = 0;
  #leader = '';
  #joinBy = 0;
  #ids = 0;

  constructor(groupId: string, partitionsOf: (topic: string) => number) {
    this.#groupId = groupId;
    this.#partitionsOf = partitionsOf;
  }

  get state(): GroupState {
    return this.#state;
  }

  get generation(): number {
    return this.#generation;
  }

  /**
   * Answered with the next generation when every member has rejoined, or when the longest rebalance time-out has
   * passed: then dynamic members that did not are out, and static ones keep their place until their session ends.
   * Without a rebalance it is answered at once: to a member that asks again for the same (its answer was lost), and
   * to one that comes back under its slot name with the same topics while the group is stable. `instance-fenced` and
   * `generation-fenced` (not a member) are answers too.
   */
  join(request: JoinRequest, now: number, done: JoinAnswer): void {
    if (request.memberId === null) {
      const slot = request.instanceId === undefined ? undefined : this.#slots.get(request.instanceId);
      const old = slot === undefined ? undefined : this.#members.get(slot);
      if (old !== undefined) this.#replace(old, request, now, done);
      else this.#enter(memberOf(request, this.#newId(request), now, done), now);
      return;
    }
    const member = this.#memberOf(request.memberId);
    if (member instanceof StreamsError) return done(member);
    const settled =
      this.#state === 'completing-rebalance' ||
      (this.#state === 'stable' && member.memberId !== this.#leader);
    if (settled && sameTopics(member.topics, request.topics)) {
      member.sessionEnds = now + member.sessionTimeoutMs;
      return done(this.#joined(member));
    }
    this.#enter({ ...memberOf(request, member.memberId, now, done), syncing: member.syncing }, now);
  }

  /**
   * Answered with the member's partitions once the leader has synced. The assignment is made here; a real leader
   * makes it in its client and sends it along, from the members of its join answer.
   */
  sync(memberId: string, generation: number, now: number, done: SyncAnswer): void {
    const member = this.#memberOf(memberId, generation);
    if (member instanceof StreamsError) return done(member);
    member.sessionEnds = now + member.sessionTimeoutMs;
    if (this.#state === 'preparing-rebalance') return done(rebalancing(this.#groupId));
    member.syncBy = Number.POSITIVE_INFINITY;
    if (this.#state === 'stable') return done(member.assignment);
    member.syncing = done;
    if (memberId === this.#leader) this.#settle(now);
  }

  /** @throws StreamsError `generation-fenced`, `instance-fenced`, `rebalance-in-progress` (to be joined). */
  heartbeat(memberId: string, generation: number, now: number): void {
    const member = this.#memberOf(memberId, generation);
    if (member instanceof StreamsError) throw member;
    member.sessionEnds = now + member.sessionTimeoutMs;
    if (this.#state === 'preparing-rebalance') throw rebalancing(this.#groupId);
  }

  /** @throws StreamsError `generation-fenced`, `instance-fenced` of who is no member: nothing changes by it. */
  leave(memberId: string, now: number): void {
    const member = this.#memberOf(memberId);
    if (member instanceof StreamsError) throw member;
    const { joining, syncing } = member;
    this.#remove(memberId);
    this.#rebalance(now);
    joining?.(unknownMember(this.#groupId, memberId));
    syncing?.(unknownMember(this.#groupId, memberId));
  }

  /** Lets time pass: sessions end, and rebalances do not wait for ever. */
  tick(now: number): void {
    let changed = false;
    for (const { memberId, joining, syncing, sessionEnds, syncBy } of this.#members.values()) {
      // Who waits for an answer cannot send heartbeats.
      const waits = joining !== undefined || syncing !== undefined;
      if (!waits && (sessionEnds <= now || syncBy <= now)) changed = this.#remove(memberId) || changed;
    }
    if (changed) this.#rebalance(now);
    if (this.#state !== 'preparing-rebalance' || now < this.#joinBy) return;
    for (const { memberId, instanceId, joining } of this.#members.values()) {
      if (joining === undefined && instanceId === undefined) this.#remove(memberId);
    }
    const members = [...this.#members.values()];
    if (members.length === 0 || members.some(({ joining }) => joining !== undefined)) this.#open(now);
    else this.#joinBy = now + this.#patience();
  }

  /**
   * Any partition may be committed by any member of the generation: the broker checks no more. While a rebalance is
   * prepared the old generation still commits.
   * @param transactional such commits are taken without a group too (generation -1, member ''), and in the new
   * generation before anybody has synced; plain ones without a group only while the group has no members.
   * @throws StreamsError `generation-fenced`, `instance-fenced`, `rebalance-in-progress`.
   */
  checkCommit({ generation, memberId, instanceId }: Committer, transactional: boolean): void {
    const ofNoGroup = generation < 0 && memberId === '' && instanceId === undefined;
    if ((generation < 0 && this.#members.size === 0) || (ofNoGroup && transactional)) return;
    const slot = instanceId === undefined ? undefined : this.#slots.get(instanceId);
    if (slot !== undefined && slot !== memberId) throw slotTaken(this.#groupId, memberId);
    if (!this.#members.has(memberId)) throw unknownMember(this.#groupId, memberId);
    if (generation !== this.#generation) throw otherGeneration(this.#groupId, generation, this.#generation);
    if (!transactional && this.#state === 'completing-rebalance') throw rebalancing(this.#groupId);
  }

  #memberOf(memberId: string, generation: number = this.#generation): Member | StreamsError {
    if (this.#replaced.has(memberId)) return slotTaken(this.#groupId, memberId);
    const member = this.#members.get(memberId);
    if (member === undefined) return unknownMember(this.#groupId, memberId);
    if (generation === this.#generation) return member;
    return otherGeneration(this.#groupId, generation, this.#generation);
  }

  /** A static member is back, or there are two of it: the newer one has the slot from now on. */
  #replace(old: Member, request: JoinRequest, now: number, done: JoinAnswer): void {
    const fresh = memberOf(request, this.#newId(request), now, done);
    this.#members.delete(old.memberId);
    this.#replaced.add(old.memberId);
    if (this.#leader === old.memberId) this.#leader = fresh.memberId;
    const resumes = this.#state === 'stable' && sameTopics(old.topics, fresh.topics);
    if (resumes) {
      const member = { ...fresh, joining: undefined, assignment: old.assignment };
      this.#add(member);
      done(this.#joined(member));
    } else this.#enter(fresh, now);
    old.joining?.(slotTaken(this.#groupId, old.memberId));
    old.syncing?.(slotTaken(this.#groupId, old.memberId));
  }

  #enter(member: Member, now: number): void {
    this.#add(member);
    this.#rebalance(now);
  }

  #add(member: Member): void {
    this.#members.set(member.memberId, member);
    if (member.instanceId !== undefined) this.#slots.set(member.instanceId, member.memberId);
  }

  #remove(memberId: string): boolean {
    const member = this.#members.get(memberId);
    if (member === undefined) return false;
    this.#members.delete(memberId);
    if (member.instanceId !== undefined) this.#slots.delete(member.instanceId);
    return true;
  }

  /** Asks everybody to join, unless that is under way, and opens the generation when nobody is missing. */
  #rebalance(now: number): void {
    const members = [...this.#members.values()];
    const syncing = members.flatMap((member) => member.syncing ?? []);
    for (const member of members) member.syncing = undefined;
    if (this.#state !== 'preparing-rebalance') {
      this.#state = 'preparing-rebalance';
      this.#joinBy = now + this.#patience();
    }
    if (members.every(({ joining }) => joining !== undefined)) this.#open(now);
    for (const answer of syncing) answer(rebalancing(this.#groupId));
  }

  #open(now: number): void {
    const members = [...this.#members.values()];
    this.#generation++;
    this.#state = members.length === 0 ? 'empty' : 'completing-rebalance';
    const joined = members.filter(({ joining }) => joining !== undefined);
    if (!joined.some(({ memberId }) => memberId === this.#leader)) this.#leader = joined[0]?.memberId ?? '';
    const syncBy = now + this.#patience();
    const answers = joined.map((member) => [member.joining, this.#joined(member)] as const);
    for (const member of members) {
      member.joining = undefined;
      member.sessionEnds = now + member.sessionTimeoutMs;
      member.syncBy = syncBy;
    }
    for (const [answer, joined] of answers) answer?.(joined);
  }

  #settle(now: number): void {
    const members = [...this.#members.values()];
    const assigned = assign(members, this.#partitionsOf);
    const answers: (() => void)[] = [];
    for (const member of members) {
      const assignment = assigned.get(member.memberId) ?? [];
      member.assignment = assignment;
      const { syncing } = member;
      if (syncing === undefined) continue;
      member.syncing = undefined;
      member.sessionEnds = now + member.sessionTimeoutMs;
      answers.push(() => syncing(assignment));
    }
    this.#state = 'stable';
    for (const answer of answers) answer();
  }

  #joined({ memberId }: Member): Joined {
    const members = memberId === this.#leader ? [...this.#members.values()].map(subscriberOf) : [];
    return { generation: this.#generation, memberId, members };
  }

  /** The longest rebalance time-out of the members. */
  #patience(): number {
    return Math.max(0, ...[...this.#members.values()].map(({ rebalanceTimeoutMs }) => rebalanceTimeoutMs));
  }

  /** An id that nobody had before: a slot that comes back is another member. */
  #newId({ instanceId }: JoinRequest): string {
    return `${instanceId ?? 'member'}-${this.#ids++}`;
  }
}
