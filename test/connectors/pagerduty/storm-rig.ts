import { readFileSync } from 'node:fs';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { direct } from '../../../connectors/memory/link.ts';
import { VirtualTime, virtualClock } from '../../../connectors/memory/simulation/virtual-time.ts';
import type { Answer } from '../../../connectors/pagerduty/answer.ts';
import { PagerDutyClient } from '../../../connectors/pagerduty/client.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import type { Topics } from '../../../schemas/topics.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import { PagerDutyServer } from '../../servers/pagerduty/pagerduty-server.ts';
import { alertOf, HOUR, NOON } from './alerts.ts';
import { type Member, type MemberSettings, ROUTING_KEY, SinkWorld } from './sink-world.ts';

/**
 * The sink on an in-memory Kafka, PagerDuty over real TLS, and virtual time for both: it passes when nobody waits for an answer
 * that comes.
 */
export class StormRig {
  readonly time: VirtualTime;
  readonly clock: Clock;
  readonly world: SinkWorld;
  readonly server: PagerDutyServer;
  readonly members: Member[] = [];
  readonly #clients: PagerDutyClient[] = [];
  #waiting = 0;

  private constructor(topics: Topics, server: PagerDutyServer, time: VirtualTime) {
    this.time = time;
    this.clock = virtualClock(time);
    this.server = server;
    this.world = new SinkWorld(topics, new MemoryBroker({ clock: this.clock }), 2);
  }

  /** @throws StreamsError `tool-missing` without openssl. */
  static async start(topics: Topics, keys: readonly string[] = [ROUTING_KEY]): Promise<StormRig> {
    const time = new VirtualTime(NOON);
    return new StormRig(topics, await PagerDutyServer.start({ keys, now: () => time.now }), time);
  }

  async stop(): Promise<void> {
    for (const one of this.#clients) one.close();
    await this.server.stop();
  }

  /** A client of the server, or of what `url` names. */
  client(url: string = this.server.url): (body: string, signal: AbortSignal) => Promise<Answer> {
    const client = new PagerDutyClient({ url, ca: readFileSync(this.server.ca, 'utf8'), clock: this.clock });
    this.#clients.push(client);
    return async (body, signal) => {
      this.#waiting++;
      try {
        return await client.send(body, signal);
      } finally {
        this.#waiting--;
      }
    };
  }

  member(own: Partial<MemberSettings> = {}): Member & { readonly kill: () => void } {
    const { clock } = this;
    const driver = new MemoryDriver(this.world.broker, { link: direct, clock, heartbeat: milliseconds(200) });
    const member = this.world.member({ driver, clock, send: this.client(), ...own });
    this.members.push(member);
    return { ...member, kill: () => driver.kill() };
  }

  /** Lets time pass until it is so; at most so many virtual hours. */
  async until(condition: () => boolean, hours = 3): Promise<void> {
    const end = this.time.now + hours * HOUR;
    while (!condition()) {
      if (this.time.now > end)
        throw new Error(
          `It did not come to that; ${this.world.lag} left, ${this.world.told.slice(-5).join(', ')}`,
        );
      // An answer takes real time; one that never comes takes virtual time.
      if (this.#waiting > this.server.silent) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        continue;
      }
      this.time.step();
      this.world.broker.tick();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  pass(ms: number): Promise<void> {
    const end = this.time.now + ms;
    return this.until(() => this.time.now >= end, ms / HOUR + 1);
  }

  carriedOut(): Promise<void> {
    return this.until(() => this.world.lag === 0);
  }
}

/** The alert of the n-th patient, raised now. */
export const patient = (n: number, now: number, own: Partial<SepsisAlert> = {}): SepsisAlert =>
  alertOf({
    alertId: n.toString(16).padStart(4, '0').repeat(16),
    patient: `https://ehr.example.org/fhir/Patient/p${n}`,
    start: now,
    end: now + 6 * HOUR,
    eventTime: now,
    ...own,
  });
