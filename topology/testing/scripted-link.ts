import type { Link, Request } from '../../connectors/memory/link.ts';
import { StreamsError } from '../model/errors.ts';
import type { Gate } from './gate.ts';
import type { Script } from './script.ts';

/**
 * The way of one instance to the cluster: it is open while the test lets the topology work, and things go wrong on it
 * when the test says so. `crash` kills the instance.
 */
export class ScriptedLink implements Link {
  readonly #gate: Gate;
  readonly #script: Script;
  readonly #crash: () => void;

  constructor(gate: Gate, script: Script, crash: () => void) {
    this.#gate = gate;
    this.#script = script;
    this.#crash = crash;
  }

  async call<R>(request: Request, apply: () => R | Promise<R>): Promise<R> {
    await this.#gate.pass();
    const { fault, meanwhile } = this.#script.take(request) ?? {};
    await meanwhile?.();
    if (fault === 'crash-before') this.#crash();
    if (fault === 'crash-before' || fault === 'lost-request') throw unanswered(request);
    if (fault === 'unavailable') throw new StreamsError('broker-unavailable', `Nobody takes ${request}.`);
    const answer = await answerOf(apply);
    if (fault === 'crash-after') this.#crash();
    if (fault === 'lost-answer') throw unanswered(request);
    await this.#gate.pass();
    return answer();
  }
}

/** The answer, or the error that is the answer, to be given later. */
async function answerOf<R>(apply: () => R | Promise<R>): Promise<() => R> {
  try {
    const answer = await apply();
    return () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

const unanswered = (request: Request): StreamsError =>
  new StreamsError('request-timed-out', `No answer to ${request}.`);
