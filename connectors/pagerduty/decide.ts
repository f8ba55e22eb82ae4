import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { AlertDraft, factsOf } from './alert-draft.ts';
import { leftOf } from './corrected.ts';
import { type Danger, dangerOf, worst } from './danger.ts';
import type { AlertRecord, Circumstances, Decided, Resolve, Suppressed, Trigger } from './decided.ts';
import { kept } from './kept.ts';
import { heldByLast, isSoon, lastOnceOver, lastOnceRetracted } from './last-episode.ts';
import {
  type Held,
  type LastEpisode,
  NO_PAGES,
  type Page,
  type PatientPages,
  type ResolveReason,
  type Suppression,
} from './patient-pages.ts';

/**
 * What is to be done about records of one patient, oldest first, of which all that wait are judged together: the last of each
 * alert decides. Records that were carried out before change nothing.
 */
export function decide(
  state: PatientPages | undefined,
  records: readonly AlertRecord[],
  circumstances: Circumstances,
): Decided {
  const before = state ?? NO_PAGES;
  const fresh = records.filter(
    ({ offset, timestamp }) => offset > before.done.offset || timestamp > before.done.timestamp,
  );
  const deciding = new Deciding(before, circumstances);
  for (const record of fresh) deciding.take(record);
  return deciding.end(fresh);
}

class Deciding {
  readonly #before: PatientPages;
  readonly #circumstances: Circumstances;
  readonly #alerts = new Map<string, AlertDraft>();
  readonly #ended: Record<string, LastEpisode>;
  readonly #triggers: Trigger[] = [];
  readonly #resolves: Resolve[] = [];
  readonly #suppressed: Suppressed[] = [];

  constructor(before: PatientPages, circumstances: Circumstances) {
    this.#before = before;
    this.#circumstances = circumstances;
    this.#ended = { ...before.ended };
  }

  take(record: AlertRecord): void {
    const { value: alert, timestamp } = record;
    const one = this.#of(alert.alertId);
    one.last = record;
    one.seen = timestamp;
    if (alert.status === 'RETRACTED') {
      const survivor = alert.survivorAlertId === null ? undefined : this.#of(alert.survivorAlertId);
      this.#close(one, survivor === undefined ? 'data-corrected' : 'merged');
      if (survivor?.open === true) this.#handOver(one, survivor, record);
      else if (survivor?.told !== undefined) survivor.told = worst(survivor.told, one.told);
      // Should it come back, it is news.
      one.told = undefined;
      this.#withdraw(alert);
    } else if (alert.status === 'RESOLVED')
      this.#close(one, alert.reason === 'WINDOW_EMPTIED' ? 'window-emptied' : 'data-corrected');
    else this.#isOpen(one, record);
  }

  end(fresh: readonly AlertRecord[]): Decided {
    for (const one of this.#alerts.values()) if (one.last !== undefined) this.#settle(one, one.last);
    const last = fresh.at(-1);
    const { done } = this.#before;
    const { now, policy } = this.#circumstances;
    return {
      next:
        last === undefined
          ? this.#before
          : {
              version: 1,
              done: {
                offset: last.offset,
                timestamp: Math.max(done.timestamp, ...fresh.map(({ timestamp }) => timestamp)),
              },
              ...kept(this.#before, [...this.#alerts.values()], this.#ended, now, policy),
            },
      actions: [...this.#triggers, ...this.#resolves],
      suppressed: this.#suppressed,
    };
  }

  #of(id: string): AlertDraft {
    let one = this.#alerts.get(id);
    if (one === undefined) {
      one = new AlertDraft(id, this.#before.alerts[id]);
      this.#alerts.set(id, one);
    }
    return one;
  }

  #isOpen(one: AlertDraft, record: AlertRecord): void {
    const { now, began, policy } = this.#circumstances;
    one.open = true;
    one.ended = undefined;
    const danger = dangerOf(record.value, policy);
    if (one.wanted(danger, now, policy) === undefined) return;
    // Of a time before anybody listened: the team learns of what gets worse from now on.
    if (began !== undefined && record.timestamp < began - policy.oldest)
      this.#hold(one, record, danger, { why: 'too-old', until: now + policy.quiet });
    else one.candidate ??= record;
  }

  /** It is over; who would have been paged for it, is not. */
  #close(one: AlertDraft, why: ResolveReason): void {
    one.open = false;
    one.ended = why;
    const { candidate } = one;
    if (candidate === undefined) return;
    const { end, eventTime } = candidate.value;
    const past = end <= eventTime || end <= candidate.timestamp;
    this.#suppress(one, candidate, past ? 'past-episode' : 'resolved-before-sent');
    one.candidate = undefined;
  }

  /** The episode is part of another one that goes on: so do its pages. */
  #handOver(one: AlertDraft, survivor: AlertDraft, record: AlertRecord): void {
    const { live, held } = one;
    // What people resolved is told, and holds, under the other one too.
    if (live.length === 0 && held === undefined) return;
    survivor.held ??= held;
    survivor.pages = [...survivor.pages, ...live];
    survivor.told = one.told === undefined ? survivor.told : worst(one.told, survivor.told);
    survivor.candidate = undefined;
    one.pages = one.pages.filter((page) => !live.includes(page));
    this.#suppressed.push({ reason: 'merged', record });
  }

  #settle(one: AlertDraft, record: AlertRecord): void {
    const alert = record.value;
    const before = one.facts;
    one.facts = factsOf(alert);
    this.#lower(one, record, before !== undefined && alert.peak < before.peak);
    if (!one.open) {
      this.#resolve(one, one.live, record, one.ended ?? 'data-corrected');
      const { policy } = this.#circumstances;
      this.#endWith(alert.rule, lastOnceOver(this.#ended[alert.rule], one, alert, policy));
      return;
    }
    const { end = null } = alert.encounterDetail ?? {};
    if (end !== null && end <= this.#circumstances.now) {
      this.#resolve(one, one.live, record, 'discharged');
      if (one.candidate !== undefined) this.#note(one, one.candidate, 'discharged');
      return;
    }
    this.#page(one, record);
  }

  /** A correction took a rise away: and with it what was said of it. */
  #lower(one: AlertDraft, record: AlertRecord, lower: boolean): void {
    if (one.told === undefined) return;
    const alert = record.value;
    const left = leftOf(one.told, alert, this.#circumstances.policy);
    one.told = lower ? { ...left, score: Math.min(left.score, alert.peak) } : left;
    // What is over is taken back whole.
    if (!one.open) return;
    const gone = one.live.filter(({ cause, score }) => {
      if (cause === 'lactate' || cause === 'hypotension') return !left[cause];
      return lower && cause === 'score' && score > alert.peak;
    });
    this.#resolve(one, gone, record, 'data-corrected');
  }

  #page(one: AlertDraft, record: AlertRecord): void {
    const { now, policy, aliasOf } = this.#circumstances;
    const alert = record.value;
    const danger = dangerOf(alert, policy);
    const cause = one.wanted(danger, now, policy);
    if (cause === undefined) return;
    if (alert.end <= now) return this.#note(one, record, 'past-episode');
    if (record.timestamp < now - policy.oldest) return this.#note(one, record, 'too-old');
    const last = this.#ended[alert.rule];
    const held = heldByLast(last, { alert, danger, cause, pages: one.pages }, now, policy);
    if (held !== undefined) return this.#hold(one, record, worst(danger, last?.told), held);
    const key = one.keyFor(cause, alert.peak, (used) => this.#isUsed(used));
    const alias = aliasOf(alert);
    one.pages.push({ key, alias, cause, score: alert.peak, state: 'open', sent: now });
    const follows = last !== undefined && isSoon(alert, last, policy.refractory);
    one.told = worst(worst(danger, one.told), follows ? last.told : undefined);
    // Something worse ends no time of quiet: it may be a mistake.
    if (cause === 'onset' || cause === 'again' || (one.held?.until ?? 0) <= now) one.held = undefined;
    one.noted = undefined;
    this.#triggers.push({ kind: 'trigger', key, alias, reason: cause, danger, record });
  }

  /** Whether a page of the patient has the key, of whichever alert: one that merged gave its pages away. */
  #isUsed(key: string): boolean {
    const drafts = [...this.#alerts.values()];
    const others = Object.entries(this.#before.alerts).filter(([id]) => !this.#alerts.has(id));
    const all = [...drafts, ...others.map(([, alert]) => alert)];
    return all.some(({ pages }) => pages.some((page) => page.key === key));
  }

  #resolve(one: AlertDraft, pages: readonly Page[], record: AlertRecord, why: ResolveReason): void {
    const { now } = this.#circumstances;
    for (const { key, alias } of pages) {
      one.change(key, { state: 'resolved', why, resolved: now });
      this.#resolves.push({ kind: 'resolve', key, alias, reason: why, record });
    }
  }

  /** What is withdrawn holds nobody back: neither who comes after it nor who came already. */
  #withdraw(alert: Pick<SepsisAlert, 'alertId' | 'survivorAlertId' | 'rule'>): void {
    const { alertId, survivorAlertId: survivor, rule } = alert;
    this.#endWith(rule, lastOnceRetracted(this.#ended[rule], alert));
    for (const id of new Set([...Object.keys(this.#before.alerts), ...this.#alerts.keys()])) {
      const { held } = this.#alerts.get(id) ?? this.#before.alerts[id] ?? {};
      if (held?.after !== alertId) continue;
      const one = this.#of(id);
      one.held = survivor === null ? undefined : { ...held, after: survivor };
      if (survivor !== null || one.paged.length > 0) continue;
      // Nobody was told of it but by what is withdrawn.
      one.told = undefined;
      this.#withdraw({ alertId: id, survivorAlertId: null, rule });
    }
  }

  #endWith(rule: string, last: LastEpisode | undefined): void {
    if (last === undefined) delete this.#ended[rule];
    else this.#ended[rule] = last;
  }

  /** Nobody is paged, until then but for something worse. */
  #hold(one: AlertDraft, record: AlertRecord, danger: Danger, held: Held<Suppression>): void {
    one.told = worst(danger, one.told);
    one.held = held;
    this.#suppress(one, record, held.why);
  }

  /** Nobody is paged for now, and it is said once. */
  #note(one: AlertDraft, record: AlertRecord, why: Suppression): void {
    if (one.noted !== why) this.#suppress(one, record, why);
  }

  #suppress(one: AlertDraft, record: AlertRecord, reason: Suppression): void {
    one.noted = reason;
    this.#suppressed.push({ reason, record });
  }
}
