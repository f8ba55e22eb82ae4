import type { Link, Request } from '../../../connectors/memory/link.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import type { Held } from '../../conformance/kafka-driver/under-test.ts';

interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

const gate = (): Gate => {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
};

/** A way to the cluster on which things are lost and held up when a test says so. */
export class FaultyLink implements Link {
  readonly #lost = new Map<Request, 'answer' | 'request'>();
  readonly #held = new Map<Request, { readonly arrived: Gate; readonly left: Gate }>();
  #frozen: Promise<void> | undefined;

  /** Gives whether it is lost by now. */
  loseNext(request: Request, what: 'answer' | 'request'): () => boolean {
    this.#lost.set(request, what);
    return () => !this.#lost.has(request);
  }

  holdNext(request: Request): Held {
    const [arrived, left] = [gate(), gate()];
    this.#held.set(request, { arrived, left });
    return { underWay: arrived.passed, letGo: left.open };
  }

  /** Nothing goes out or comes in until it is woken. */
  freeze(): () => void {
    const thaw = gate();
    this.#frozen = thaw.passed;
    return () => {
      this.#frozen = undefined;
      thaw.open();
    };
  }

  async call<R>(request: Request, apply: () => R | Promise<R>): Promise<R> {
    await this.#frozen;
    const lost = this.#lost.get(request);
    this.#lost.delete(request);
    if (lost === 'request') throw timedOut(request);
    const answer = await this.#arriving(request, apply);
    if (lost === 'answer') throw timedOut(request);
    return answer;
  }

  async #arriving<R>(request: Request, apply: () => R | Promise<R>): Promise<R> {
    const held = this.#held.get(request);
    this.#held.delete(request);
    try {
      return await apply();
    } finally {
      held?.arrived.open();
      await held?.left.passed;
      await this.#frozen;
    }
  }
}

const timedOut = (request: Request): StreamsError =>
  new StreamsError('request-timed-out', `The answer to ${request} did not come.`);
