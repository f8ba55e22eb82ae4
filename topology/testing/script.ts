import type { Request } from '../../connectors/memory/link.ts';

/**
 * What a test lets go wrong with a request to the cluster. `lost-request`: it never arrives; `lost-answer`: it is done,
 * and nobody hears of it; `unavailable`: it is refused; `crash-before`, `crash-after`: the instance that asks is killed
 * before, or after, it is done.
 */
export type TestFault = 'lost-request' | 'lost-answer' | 'unavailable' | 'crash-before' | 'crash-after';

/** What is to happen with a request. */
export interface Scripted {
  /** What the test asked for. */
  readonly name: string;
  readonly request: Request;
  readonly fault?: TestFault;
  /** Something else that happens before the request is done. */
  readonly meanwhile?: () => Promise<void> | void;
}

/** What is to befall the next requests, whichever instance makes them. Of two for the same request, one each. */
export class Script {
  readonly #next: Scripted[] = [];

  add(scripted: Scripted): void {
    this.#next.push(scripted);
  }

  take(request: Request): Scripted | undefined {
    const at = this.#next.findIndex((scripted) => scripted.request === request);
    return at < 0 ? undefined : this.#next.splice(at, 1)[0];
  }

  /** What has not happened, as text. */
  get left(): readonly string[] {
    return this.#next.map(({ name }) => name);
  }
}
