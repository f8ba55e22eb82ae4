import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { partitionKey, type TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { again, PASSING } from './again.ts';
import { FetchSize } from './fetch-size.ts';
import { LeaderTroubles } from './leader-troubles.ts';
import type { Fetched, Read } from './reads.ts';
import { Signal } from './signal.ts';

/** A broker's way there and back, in milliseconds: how much later than asked for an answer is still waited for. */
const WAY = 100;
/** Bytes that a look asks for. */
const LOOK = 1 << 16;

export interface FetchLimits {
  readonly maxBytes: number;
  readonly waitMs: number;
  /** So many records are of use; undefined: all that fit. */
  readonly records?: number;
}

/** Where a partition is read on. A new object for each step: what was asked for at an older one is nobody's any more. */
export interface Position {
  readonly at: TopicPartition;
  readonly offset: number;
  /** Epoch of the leader that wrote what was read last; -1: nothing was read yet. */
  readonly epoch: number;
  /** Of the topic when it was asked for first, where the protocol has ids. */
  topicId: string | undefined;
}

/** What came of a position: records and where to go on, or why not. */
export interface Arrived {
  readonly position: Position;
  readonly of: Read | StreamsError;
}

/** Who leads what. */
interface Leaders {
  topic(name: string): Promise<{ readonly leaders: readonly number[] }>;
  told<R>(work: () => Promise<R>): Promise<R>;
  forget(): void;
}

/** One request to one leader, read committed. */
export type FetchFrom = (
  node: number,
  positions: readonly Position[],
  limits: FetchLimits,
) => Promise<readonly Arrived[]>;

/**
 * Reads partitions on from their positions, each from its leader. One request per leader is under way at most, and whatever comes first is
 * there at once: a leader that is slow, paused or gone holds up nobody's partitions but its own.
 */
export class Fetching {
  readonly #leaders: Leaders;
  readonly #clock: Clock;
  readonly #fetchFrom: FetchFrom;
  readonly #positions = new Map<string, Position>();
  /** Leaders that have not answered yet. */
  readonly #underWay = new Set<number>();
  #arrived: Arrived[] = [];
  /** Errors of whole requests. */
  readonly #errors: Error[] = [];
  readonly #troubles = new LeaderTroubles();
  readonly #size = new FetchSize();
  readonly #news = new Signal();

  constructor(leaders: Leaders, clock: Clock, fetchFrom: FetchFrom) {
    this.#leaders = leaders;
    this.#clock = clock;
    this.#fetchFrom = fetchFrom;
  }

  /** Reads the partition on from there; of what was asked for before nothing is given. */
  seek(at: TopicPartition, offset: number): void {
    this.#positions.set(partitionKey(at), { at, offset, epoch: -1, topicId: undefined });
  }

  /** Reads the partition no more. */
  pause(at: TopicPartition): void {
    this.#positions.delete(partitionKey(at));
  }

  /** Resolves when there is something to take, or after `waitMs` and an answer's way. */
  async wait(limits: FetchLimits): Promise<void> {
    const until = this.#clock.now() + limits.waitMs;
    for (let asked = false; ; asked = true) {
      this.#arrived = this.#arrived.filter((one) => this.#tells(one));
      let now = this.#clock.now();
      if (this.#arrived.length > 0 || this.#errors.length > 0) return;
      // Never without asking first: whoever pauses behind each error would be told of the same trouble for ever.
      if (asked && this.#troubles.unsaid(now) !== undefined) return;
      if (asked && now >= this.#patience(until)) return;
      await this.#ask({ ...limits, waitMs: Math.max(0, until - now) });
      now = this.#clock.now();
      const next = Math.min(this.#patience(until), this.#troubles.nextAsk(now));
      if (this.#errors.length === 0)
        await this.#news.wait(milliseconds(Math.max(1, next - now)), this.#clock);
    }
  }

  /** What came, and the positions go on behind it. @throws StreamsError `log-truncated`, `log-ends-early` and others. */
  take(): Fetched[] {
    const error = this.#errors.shift();
    if (error !== undefined) throw error;
    const trouble = this.#troubles.said(this.#clock.now(), this.#arrived.length > 0);
    if (trouble !== undefined) throw trouble;
    const fetched: Fetched[] = [];
    while (this.#arrived.length > 0) {
      const arrived = this.#arrived.shift() as Arrived;
      if (!this.#tells(arrived)) continue;
      const { position, of } = arrived;
      // What came beside it is given the next time.
      if (of instanceof StreamsError) {
        if (fetched.length === 0) throw of;
        this.#arrived.unshift(arrived);
        return fetched;
      }
      fetched.push(this.#step(position, of));
    }
    return fetched;
  }

  /**
   * Looks at once what stands at the positions of these partitions. Those where it is no record go on behind it, and are given; what else
   * came is kept.
   */
  async stepOver(at: readonly TopicPartition[]): Promise<Fetched[]> {
    const wanted = new Set(at.map(partitionKey));
    const until = this.#clock.now() + WAY;
    const asked = await this.#ask({ maxBytes: LOOK, waitMs: 0 }, ({ at }) => wanted.has(partitionKey(at)));
    for (let now = until - WAY; now < until && asked.some((node) => this.#underWay.has(node)); ) {
      await this.#news.wait(milliseconds(until - now), this.#clock);
      now = this.#clock.now();
    }
    const stepped: Fetched[] = [];
    this.#arrived = this.#arrived.filter((one) => {
      const { position, of } = one;
      if (!wanted.has(partitionKey(position.at)) || !this.#tells(one)) return true;
      if (of instanceof StreamsError || of.runs.length > 0) return true;
      stepped.push(this.#step(position, of));
      return false;
    });
    return stepped;
  }

  #step({ at, topicId }: Position, { runs, nextOffset, end, epoch }: Read): Fetched {
    this.#moveOn({ at, topicId, offset: nextOffset, epoch });
    return { ...at, runs, nextOffset, end };
  }

  /** What was served stands behind all others: a leader fills an answer in the order that it is asked in. */
  #moveOn(position: Position): void {
    const key = partitionKey(position.at);
    this.#positions.delete(key);
    this.#positions.set(key, position);
  }

  /** How long the answers that are under way are waited for. */
  #patience(until: number): number {
    return this.#underWay.size === 0 ? until : until + WAY;
  }

  /** Of a position that is still read on from, and something new. */
  #tells({ position, of }: Arrived): boolean {
    return (
      this.#positions.get(partitionKey(position.at)) === position &&
      (of instanceof StreamsError || of.nextOffset > position.offset)
    );
  }

  /** Asks all leaders that are not asked already, for all positions or those that are `wanted`; who was asked. */
  async #ask(limits: FetchLimits, wanted: (position: Position) => boolean = all): Promise<number[]> {
    let byLeader: ReadonlyMap<number, readonly Position[]>;
    try {
      byLeader = await again(this.#clock, PASSING, () => this.#byLeader(wanted));
    } catch (error) {
      this.#errors.push(error instanceof Error ? error : new Error('A fetch failed.', { cause: error }));
      return [];
    }
    if (wanted === all) this.#troubles.keep(byLeader);
    const now = this.#clock.now();
    const { records, waitMs } = limits;
    const share = records === undefined ? undefined : records / byLeader.size;
    const asked = { waitMs, maxBytes: this.#size.ask(share, limits.maxBytes) };
    const free = [...byLeader.keys()].filter(
      (node) => !this.#underWay.has(node) && this.#troubles.mayAsk(node, now),
    );
    for (const node of free) {
      this.#underWay.add(node);
      void this.#request(node, byLeader.get(node) ?? [], asked);
    }
    return free;
  }

  async #byLeader(wanted: (position: Position) => boolean): Promise<ReadonlyMap<number, Position[]>> {
    const byLeader = new Map<number, Position[]>();
    for (const position of [...this.#positions.values()].filter(wanted)) {
      const { topic, partition } = position.at;
      const node = (await this.#leaders.topic(topic)).leaders[partition] ?? -1;
      const of = byLeader.get(node);
      if (of === undefined) byLeader.set(node, [position]);
      else of.push(position);
    }
    return byLeader;
  }

  async #request(node: number, positions: readonly Position[], limits: FetchLimits): Promise<void> {
    let passing: StreamsError | undefined;
    try {
      const arrived = await this.#leaders.told(() => this.#fetchFrom(node, positions, limits));
      let [records, bytes] = [0, 0];
      for (const one of arrived) {
        if (isPassing(one.of)) passing = one.of;
        else this.#arrived.push(one);
        if (one.of instanceof StreamsError) continue;
        for (const { count } of one.of.runs) records += count;
        bytes += one.of.bytes;
      }
      this.#size.came(records, bytes);
    } catch (error) {
      if (isPassing(error)) passing = error;
      else this.#errors.push(error instanceof Error ? error : new Error('A fetch failed.', { cause: error }));
    }
    if (passing === undefined) this.#troubles.over(node);
    else {
      this.#leaders.forget();
      this.#troubles.add(node, passing, this.#clock.now());
    }
    this.#underWay.delete(node);
    this.#news.give();
  }
}

const all = (): boolean => true;

const isPassing = (of: unknown): of is StreamsError => isStreamsError(of) && PASSING.includes(of.code);
