import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { AlertStatus, PageView } from '../console/ward-view.ts';
import { isOpen } from './alert-book.ts';
import { bedOf } from './ward-feed.ts';

interface Paged {
  /** Highest score that the team was paged for. */
  level: number;
  /** What the team was told last. */
  open: boolean;
  end: number;
}

/**
 * The pages that a sink would send. Onset and escalation page once for each alert id and level, however often the
 * record comes; a page is taken back by the message that the criteria are no longer met or that data were corrected.
 */
export class Pager {
  /** Messages by what they say. */
  readonly counts: Record<AlertStatus, number> = {
    raised: 0,
    escalated: 0,
    updated: 0,
    resolved: 0,
    retracted: 0,
  };
  readonly #paged = new Map<string, Paged>();

  /** The message that an alert record gives rise to; undefined: none. `now` in epoch milliseconds. */
  page(alert: SepsisAlert, now: number): PageView | undefined {
    const status = this.#decide(alert);
    if (status === undefined) return undefined;
    this.counts[status]++;
    return { t: now, bed: bedOf(alert.patient), status, score: alert.score, alertId: alert.alertId };
  }

  #decide(alert: SepsisAlert): AlertStatus | undefined {
    const { alertId, status, peak, end } = alert;
    const paged = this.#paged.get(alertId);
    if (status === 'RETRACTED') {
      this.#paged.delete(alertId);
      return paged === undefined ? undefined : 'retracted';
    }
    if (status === 'RAISED' || status === 'ESCALATED') {
      if (paged !== undefined && paged.level >= peak) return this.#told(paged, alert);
      this.#paged.set(alertId, { level: peak, open: true, end });
      return status === 'RAISED' ? 'raised' : 'escalated';
    }
    return paged === undefined ? undefined : this.#told(paged, alert);
  }

  /** No new page, but the team must not go on with what is no longer true. */
  #told(paged: Paged, alert: SepsisAlert): AlertStatus | undefined {
    const open = isOpen(alert);
    const changed = paged.open !== open;
    paged.open = open;
    paged.end = alert.end;
    if (!changed) return undefined;
    return open ? 'updated' : 'resolved';
  }

  /** Lets go of alerts that ended before a time: no record of them comes any more. */
  forget(endedBefore: number): void {
    for (const [id, { open, end }] of this.#paged) if (!open && end < endedBefore) this.#paged.delete(id);
  }
}
