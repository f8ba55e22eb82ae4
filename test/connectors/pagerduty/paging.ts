import { decide } from '../../../connectors/pagerduty/decide.ts';
import type { Circumstances, Decided } from '../../../connectors/pagerduty/decided.ts';
import { PAGE_POLICY, type PagePolicy } from '../../../connectors/pagerduty/page-policy.ts';
import { decodePages, encodePages, type PatientPages } from '../../../connectors/pagerduty/patient-pages.ts';
import { type Response, respond } from '../../../connectors/pagerduty/respond.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { NOON, recordOf } from './alerts.ts';

/** One patient's pages as time goes on: what is decided is kept as bytes in between. */
export class Paging {
  state: PatientPages | undefined;
  readonly #began: number | undefined;
  readonly #policy: PagePolicy;
  #offset = 0;

  constructor(own: { readonly began?: number; readonly policy?: Partial<PagePolicy> } = {}) {
    this.#began = own.began;
    this.#policy = { ...PAGE_POLICY, ...own.policy };
  }

  /** What comes of alerts that are looked at together. `at`: when they were written, and are looked at. */
  at(at: number, ...alerts: readonly SepsisAlert[]): string[] {
    return this.looked(at, at, ...alerts);
  }

  /** The same of alerts that were written before they are looked at. */
  looked(now: number, written: number, ...alerts: readonly SepsisAlert[]): string[] {
    const records = alerts.map((alert) => recordOf(alert, this.#offset++, written));
    const decided = decide(this.state, records, this.circumstances(now));
    this.state = decodePages(encodePages(decided.next));
    return saidBy(decided);
  }

  circumstances(now: number): Circumstances {
    return { policy: this.#policy, now, began: this.#began, aliasOf: () => 'default' };
  }

  respond(key: string, kind: Response['kind'], at: number = NOON): boolean {
    const heeded = this.state && respond(this.state, { key, kind, at }, this.#policy);
    if (heeded !== undefined) this.state = heeded.next;
    return heeded !== undefined;
  }

  get live(): string[] {
    return Object.values(this.state?.alerts ?? {}).flatMap(({ pages }) =>
      pages.filter(({ state }) => state === 'open' || state === 'acknowledged').map(({ key }) => short(key)),
    );
  }
}

/** Alert ids are of one letter, repeated: `a1a1…` is a1. */
export const short = (key: string): string => key.replace(/^((?:\w\w))\1{31}/, '$1');

/** What was decided, a line each. */
export const saidBy = ({ actions, suppressed }: Decided): string[] => [
  ...actions.map(({ kind, key, reason }) => `${kind} ${short(key)} ${reason}`),
  ...suppressed.map(({ reason, record }) => `nothing ${short(record.value.alertId)} ${reason}`),
];
