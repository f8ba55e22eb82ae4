import { Agent } from 'node:https';
import { seconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { type Answer, answerOf, failureOf } from './answer.ts';
import { type PostLimits, post } from './post.ts';

export interface PagerDutyClientOptions {
  /** Base, https: events go to `/v2/enqueue` below it. */
  readonly url: string;
  /** Authorities to trust in place of the usual ones, in PEM. */
  readonly ca?: string;
  readonly clock: Clock;
  readonly limits?: Partial<PostLimits>;
}

const LIMITS: PostLimits = { connect: seconds(3), total: seconds(10) };
/** A connection that is not used is ended after this: whoever stands between may have forgotten it, which would cost a time-out. */
const IDLE = seconds(15);

/** A client of the Events API v2. Tries once: whether to try again is the caller's. */
export class PagerDutyClient {
  readonly #url: URL;
  readonly #clock: Clock;
  readonly #limits: PostLimits;
  readonly #agent: Agent;

  constructor({ url, ca, clock, limits }: PagerDutyClientOptions) {
    this.#url = new URL(`${url.replace(/\/+$/, '')}/v2/enqueue`);
    this.#clock = clock;
    this.#limits = { ...LIMITS, ...limits };
    this.#agent = new Agent({
      keepAlive: true,
      timeout: IDLE,
      // Whatever the environment says.
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
    });
  }

  /** Sends an event, as JSON. Never rejects; when `signal` aborts, nobody knows whether it arrived. */
  async send(body: string, signal: AbortSignal): Promise<Answer> {
    const options = { ...this.#limits, agent: this.#agent, clock: this.#clock };
    try {
      return answerOf(await post(this.#url, body, options, signal), this.#clock.now());
    } catch (error) {
      return failureOf(error);
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}
