import type { ErrorCode } from '../../topology/model/errors.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { pauseAfter } from '../sink/back-off.ts';
import type { Answer } from './answer.ts';
import type { Action } from './decided.ts';
import { harmlessEvent, type PageContent, resolveEvent, triggerEvent } from './event.ts';
import { type Call, Gate } from './gate.ts';
import type { Routing } from './routing.ts';
import { Suspicion } from './suspicion.ts';
import type { PagerDutyTelemetry } from './telemetry.ts';

export interface SenderSettings {
  readonly client: { send(body: string, signal: AbortSignal): Promise<Answer> };
  readonly routing: Routing;
  readonly content: PageContent;
  /** Calls with one routing key in any minute. */
  readonly rate: number;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly telemetry: PagerDutyTelemetry;
}

/** What became of an action. */
export type Outcome = 'accepted' | 'refused' | 'key-refused';

/** Nobody wants it any more. */
export class Stopped extends Error {}

/** Sends actions, each until PagerDuty has accepted it or never will. */
export class Sender {
  readonly #settings: SenderSettings;
  readonly #gates = new Map<string, Gate>();

  constructor(settings: SenderSettings) {
    this.#settings = settings;
  }

  /** The gate of a route: all calls with its key go through it, whatever other routes have the same. */
  gate(alias: string): Gate {
    const { rate, clock, chance, routing } = this.#settings;
    const key = routing.keyOf(alias);
    const gate = this.#gates.get(key) ?? new Gate(rate, clock, chance);
    this.#gates.set(key, gate);
    return gate;
  }

  /**
   * Begins with a call that was let through, where there is one. `pressed`: something waits behind it, which makes urgent what only takes
   * a page back. @throws Stopped
   */
  async send(
    action: Action,
    first: Call | undefined,
    pressed: () => boolean,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { content, telemetry, clock, chance } = this.#settings;
    const event = action.kind === 'trigger' ? triggerEvent(action, content) : resolveEvent(action);
    const suspicion = new Suspicion();
    // Behind everybody who must be told, when the others are taken and this is not.
    const urgent = (): boolean => !suspicion.own && (action.kind === 'trigger' || pressed());
    const waiting = { urgent, since: action.record.timestamp };
    for (let call = first; ; call = undefined) {
      call ??= await this.gate(action.alias).pass(waiting, signal);
      if (call === undefined) throw new Stopped();
      if (call.asks) {
        await this.#ask(action.alias, call, signal);
        continue;
      }
      const answer = await this.#try(action.alias, event, signal);
      if (isFailed(answer)) suspicion.failed(call);
      end(call, answer, signal.aborted || suspicion.own);
      if (answer.kind === 'accepted') {
        telemetry.delivered(action.kind);
        return 'accepted';
      }
      if (signal.aborted) throw new Stopped();
      if (answer.kind === 'refused') {
        telemetry.refused(action.kind, answer.status);
        return 'refused';
      }
      telemetry.retrying(codeOf(answer), whyOf(answer));
      // The page that it would take back cannot be reached with this key; a patient must not wait for that.
      if (answer.kind === 'key-refused' && action.kind === 'resolve') return 'key-refused';
      if (suspicion.own)
        await clock.sleep(pauseAfter(suspicion.failures, chance(), retryAfterOf(answer)), signal);
    }
  }

  /** Whether anything is taken with the key of a route; nobody else's page is begun in an outage to find that out. */
  async #ask(alias: string, call: Call, signal: AbortSignal): Promise<void> {
    const answer = await this.#try(alias, harmlessEvent, signal);
    end(call, answer, signal.aborted);
    if (isFailed(answer) && !signal.aborted) this.#settings.telemetry.retrying(codeOf(answer), whyOf(answer));
  }

  #try(alias: string, event: object, signal: AbortSignal): Promise<Answer> {
    const { client, routing } = this.#settings;
    return client.send(JSON.stringify({ routing_key: routing.keyOf(alias), ...event }), signal);
  }
}

type Failed = Exclude<Answer, { readonly kind: 'accepted' | 'refused' }>;

const isFailed = (answer: Answer): answer is Failed =>
  answer.kind !== 'accepted' && answer.kind !== 'refused';

/** `alone`: when it failed, nobody else is to wait for that. */
function end(call: Call, answer: Answer, alone: boolean): void {
  if (!isFailed(answer)) call.done();
  else if (alone) call.saysNothing();
  else call.failed(retryAfterOf(answer));
}

const retryAfterOf = (answer: Failed): number | undefined =>
  'retryAfter' in answer ? answer.retryAfter : undefined;

const CODES: Readonly<Record<Failed['kind'], ErrorCode>> = {
  throttled: 'pagerduty-throttled',
  unavailable: 'pagerduty-unavailable',
  untrusted: 'pagerduty-tls-untrusted',
  'key-refused': 'pagerduty-key-refused',
};

const codeOf = (answer: Failed): ErrorCode => CODES[answer.kind];

function whyOf(answer: Failed): string {
  if (answer.kind === 'throttled') return '429';
  return answer.kind === 'key-refused' ? String(answer.status) : answer.why;
}
