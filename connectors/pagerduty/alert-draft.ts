import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { type Danger, risesBeyond } from './danger.ts';
import type { AlertRecord } from './decided.ts';
import type { PagePolicy } from './page-policy.ts';
import type {
  AlertFacts,
  AlertPages,
  Held,
  Page,
  PageCause,
  ResolveReason,
  Suppression,
} from './patient-pages.ts';

/** What is known of an alert while records of it are gone through. */
export class AlertDraft {
  readonly id: string;
  pages: Page[];
  told: Danger | undefined;
  held: Held | undefined;
  noted: Suppression | undefined;
  facts: AlertFacts | undefined;
  open: boolean;
  seen: number;
  /** Its last record, when there was one. */
  last: AlertRecord | undefined;
  /** The first record that somebody would have been paged for, and has not been. */
  candidate: AlertRecord | undefined;
  ended: ResolveReason | undefined;

  constructor(id: string, known: AlertPages | undefined) {
    this.id = id;
    this.pages = [...(known?.pages ?? [])];
    this.told = known?.told;
    this.held = known?.held;
    this.noted = known?.noted;
    this.facts = known?.facts;
    this.open = known?.open ?? false;
    this.seen = known?.seen ?? 0;
  }

  /** Pages that PagerDuty holds open. */
  get live(): readonly Page[] {
    return this.pages.filter(({ state }) => state === 'open' || state === 'acknowledged');
  }

  /** Pages that told something: not what nobody got, nor what was a mistake. */
  get paged(): readonly Page[] {
    return this.pages.filter(({ state, why }) => state !== 'refused' && why !== 'data-corrected');
  }

  change(key: string, change: Partial<Page>): void {
    this.pages = this.pages.map((page) => (page.key === key ? { ...page, ...change } : page));
  }

  /** Why somebody is to be paged; undefined: the team knows all of it. */
  wanted(danger: Danger, now: number, { quiet }: PagePolicy): PageCause | undefined {
    if (this.told === undefined) return 'onset';
    const [rise] = risesBeyond(danger, this.told);
    if (rise !== undefined) return rise;
    const live = this.live;
    if (live.length === 0) return this.held !== undefined && now < this.held.until ? undefined : 'again';
    if (live.some(({ state }) => state === 'open')) return undefined;
    const last = Math.max(...live.map(({ acknowledged = 0 }) => acknowledged));
    return now >= last + quiet ? 'again' : undefined;
  }

  /** A deduplication key that was never used: one that was resolved would open a second incident. */
  keyFor(cause: PageCause, score: number, taken: (key: string) => boolean): string {
    const first = cause === 'onset' || cause === 'again';
    if (first && !taken(this.id)) return this.id;
    const base = `${this.id}:${LEVEL[cause] ?? score}`;
    let key = base;
    for (let n = 2; taken(key); n++) key = `${base}.${n}`;
    return key;
  }

  /** As it is kept; undefined while nothing is known of it. */
  get kept(): AlertPages | undefined {
    const { facts, open, seen, pages, told, held, noted } = this;
    if (facts === undefined) return undefined;
    return {
      facts,
      open,
      seen,
      pages,
      ...(told && { told }),
      ...(held && { held }),
      ...(noted && { noted }),
    };
  }
}

const LEVEL: Readonly<Partial<Record<PageCause, string>>> = {
  onset: 'again',
  again: 'again',
  lactate: 'lactate',
  hypotension: 'sbp',
};

/** What is kept of an alert's last record. */
export const factsOf = ({ rule, ruleVersion, score, peak, eventTime }: SepsisAlert): AlertFacts => ({
  rule,
  ruleVersion,
  score,
  peak,
  eventTime,
});
