import { days, milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { PagePolicy } from './page-policy.ts';
import type { PatientPages } from './patient-pages.ts';
import { type Response, respond } from './respond.ts';

type Heeded = NonNullable<ReturnType<typeof respond>>;

/** As long as they are kept in their topic: a patient may come from another instance meanwhile. */
const KEPT = days(7);

/** What people did with pages lately, whoever owns the patient. */
export class Responses {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Response[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(response: Response): void {
    const since = this.#clock.now() - KEPT;
    for (const [key, of] of this.#byKey) {
      if ((of.at(-1)?.at ?? 0) >= since) break;
      this.#byKey.delete(key);
    }
    const of = this.#byKey.get(response.key) ?? [];
    if (!of.some(({ kind, at }) => kind === response.kind && at === response.at))
      this.#byKey.set(response.key, [...of, response]);
  }

  /** Whether something is to be heeded of a patient's pages. */
  concern(state: PatientPages): boolean {
    return this.of(state, { quiet: milliseconds(0) }).length > 0;
  }

  /** What is to be heeded of a patient's pages, each upon the one before. */
  of(
    state: PatientPages | undefined,
    policy: Pick<PagePolicy, 'quiet'>,
  ): readonly { readonly response: Response; readonly heeded: Heeded }[] {
    const heeded: { readonly response: Response; readonly heeded: Heeded }[] = [];
    if (this.#byKey.size === 0 || state === undefined) return heeded;
    const keys = Object.values(state.alerts).flatMap(({ pages }) => pages.map(({ key }) => key));
    let now = state;
    for (const response of keys.flatMap((key) => this.#byKey.get(key) ?? [])) {
      const one = respond(now, response, policy);
      if (one === undefined) continue;
      heeded.push({ response, heeded: one });
      now = one.next;
    }
    return heeded;
  }
}
