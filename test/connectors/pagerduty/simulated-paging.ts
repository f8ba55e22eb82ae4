import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { chance, fraction, mostlySmall } from '../../../connectors/memory/simulation/chance.ts';
import { FaultPlan, type FaultRates } from '../../../connectors/memory/simulation/faults.ts';
import { SimulatedProcess } from '../../../connectors/memory/simulation/process.ts';
import { VirtualTime, virtualClock } from '../../../connectors/memory/simulation/virtual-time.ts';
import type { Answer } from '../../../connectors/pagerduty/answer.ts';
import type { SinkLimits } from '../../../connectors/sink/settings.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import type { Topics } from '../../../schemas/topics.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import { faultsOf, type GivenEvent } from '../../servers/pagerduty/event-rules.ts';
import { Incidents } from '../../servers/pagerduty/incidents.ts';
import { NOON } from './alerts.ts';
import { type Member, SinkWorld } from './sink-world.ts';

const SLOTS = ['slot-0', 'slot-1'];
const LIMITS: Partial<SinkLimits> = {
  session: milliseconds(1_500),
  rebalance: milliseconds(1_500),
  transaction: seconds(1),
  handOver: milliseconds(700),
};

export interface SimulatedPagingSettings {
  readonly topics: Topics;
  readonly seed: number;
  readonly rates: FaultRates;
  /** Share of requests to PagerDuty that fail in some way. */
  readonly unreliable: number;
  readonly crashes: readonly number[];
  /** Puts a broken part in place of a member's way to PagerDuty. */
  readonly send?: (send: Send) => Send;
}

export type Send = (body: string, signal: AbortSignal) => Promise<Answer>;

interface Running extends Member {
  readonly process: SimulatedProcess;
}

/** Members of the sink's group in processes that die, a PagerDuty that fails, and all of it on virtual time. */
export class SimulatedPaging {
  readonly incidents: Incidents = new Incidents();
  readonly world: SinkWorld;
  readonly failures: unknown[] = [];
  readonly #settings: SimulatedPagingSettings;
  readonly #time = new VirtualTime(NOON);
  readonly #plan: FaultPlan;
  readonly #running = new Map<string, Running>();
  readonly #started = new Map<string, number>();
  #sends = 0;
  #markers = 0;
  crashes = 0;

  constructor(settings: SimulatedPagingSettings) {
    this.#settings = settings;
    const { seed, rates, topics } = settings;
    this.#plan = new FaultPlan(seed, rates);
    const broker = new MemoryBroker({
      clock: virtualClock(this.#time),
      markers: (write) => this.#time.after(mostlySmall(seed, `marker ${this.#markers++}`, 0.5, 30), write),
    });
    this.world = new SinkWorld(topics, broker, 3);
    const every = (ms: number, run: () => void): void =>
      void this.#time.after(ms, () => {
        run();
        every(ms, run);
      });
    every(100, () => broker.tick());
    every(2_000, () => broker.expireTransactions());
  }

  /** Writes the alerts at their times, and goes on until everything is carried out. */
  async run(alerts: readonly (readonly [at: number, alert: SepsisAlert])[]): Promise<void> {
    const { seed, crashes } = this.#settings;
    for (const [at, alert] of alerts) this.#time.after(at, () => this.world.append(this.#time.now, alert));
    SLOTS.forEach((slot, i) => this.#time.after(chance(seed, `start ${i}`) % 300, () => this.#start(slot)));
    crashes.forEach((at, i) => this.#time.after(at, () => this.#crash(`crash ${i}`)));
    const last = Math.max(...alerts.map(([at]) => at), ...crashes);
    await this.#until(() => this.#time.now > NOON + last);
    this.#plan.over = true;
    await this.#until(() => this.world.lag === 0);
    // What a crash left open hides what came after it, until its time is out.
    const readable = this.#time.now + 5_000;
    await this.#until(() => this.#time.now > readable);
  }

  #crash(name: string): void {
    const running = [...this.#running.values()];
    running[chance(this.#settings.seed, name) % Math.max(1, running.length)]?.process.crash();
  }

  async #until(condition: () => boolean): Promise<void> {
    const end = this.#time.now + 900_000;
    while (!condition()) {
      if (this.#time.now > end) throw new Error(`Seed ${this.#settings.seed}: ${this.world.lag} are left.`);
      this.#time.step();
      await new Promise<void>((resolve) => setImmediate(resolve));
      const [failure] = this.failures;
      if (failure instanceof Error) throw failure;
    }
  }

  #start(slot: string): void {
    const { seed, send = (one) => one } = this.#settings;
    const number = this.#started.get(slot) ?? 0;
    this.#started.set(slot, number + 1);
    const process = new SimulatedProcess({
      slot,
      number,
      seed,
      time: this.#time,
      faults: this.#plan,
      heartbeat: milliseconds(150),
      onCrash: () => {
        this.crashes++;
        this.#gone(slot, process);
      },
      onFreeze: () => {},
    });
    const member = this.world.member({
      driver: new MemoryDriver(this.world.broker, process),
      clock: process.clock,
      slot,
      send: send((body, signal) => this.#send(process, body, signal)),
      chance: () => 0,
      limits: LIMITS,
      rate: 600,
    });
    this.#running.set(slot, { ...member, process });
    // It may have died with the first thing that it did.
    if (process.dead) this.#gone(slot, process);
    void member.ended.then((error) => {
      const rivals = isStreamsError(error) && error.code === 'instance-fenced' && number > 0;
      if (error !== undefined && !rivals && this.#running.get(slot)?.process === process)
        this.failures.push(error);
      this.#gone(slot, process);
    });
  }

  #gone(slot: string, process: SimulatedProcess): void {
    if (this.#running.get(slot)?.process !== process) return;
    this.#running.delete(slot);
    const after = mostlySmall(this.#settings.seed, `${process.name} again`, 20, 1_500);
    this.#time.after(after, () => {
      if (!this.#running.has(slot)) this.#start(slot);
    });
  }

  /** A request leaves, and arrives whatever becomes of its process; some are lost, or their answers are. */
  #send(process: SimulatedProcess, body: string, signal: AbortSignal): Promise<Answer> {
    const { seed, unreliable } = this.#settings;
    const name = `send ${this.#sends++}`;
    const faults = faultsOf(body);
    if (faults.length > 0) this.failures.push(new Error(faults.join()));
    const drawn = this.#plan.over ? 1 : fraction(seed, `${name} fault`);
    const lost: Answer = { kind: 'unavailable', why: 'timeout', retryAfter: undefined };
    return new Promise((resolve) => {
      const answer = (one: Answer, after: number): void =>
        void this.#time.after(after, () => {
          if (!process.dead) resolve(one);
        });
      if (process.dead) return;
      signal.addEventListener('abort', () => answer(lost, 0));
      if (drawn < unreliable / 3) return answer(lost, 400);
      if (drawn < unreliable / 2) return answer({ kind: 'throttled', retryAfter: 500 }, 20);
      this.#time.after(mostlySmall(seed, `${name} there`, 0.5, 60), () => {
        this.incidents.take(JSON.parse(body) as GivenEvent, this.#time.now);
        if (drawn < unreliable) answer(lost, 400);
        else answer({ kind: 'accepted' }, mostlySmall(seed, `${name} back`, 0.5, 60));
      });
    });
  }
}
