import type { AlertStatus, SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';

/** Whether the episode goes on as far as is known. */
export const isOpen = ({ status }: SepsisAlert): boolean =>
  status === 'RAISED' || status === 'ESCALATED' || status === 'UPDATED';

/** The alerts topic folded: the last record of an alert id is the episode, and a retracted one is dropped. */
export class AlertBook {
  /** Records by status. */
  readonly counts: Record<AlertStatus, number> = {
    UNKNOWN: 0,
    RAISED: 0,
    ESCALATED: 0,
    UPDATED: 0,
    RESOLVED: 0,
    RETRACTED: 0,
  };
  readonly #alerts = new Map<string, SepsisAlert>();
  /** Episodes that stand, by patient; also those that are let go of. */
  readonly #episodes = new Map<string, number>();

  /** Takes the next record; returns what the alert was before it. */
  add(alert: SepsisAlert): SepsisAlert | undefined {
    this.counts[alert.status]++;
    const before = this.#alerts.get(alert.alertId);
    if (alert.status === 'RETRACTED') {
      if (this.#alerts.delete(alert.alertId)) this.#stands(alert.patient, -1);
    } else {
      this.#alerts.set(alert.alertId, alert);
      if (before === undefined) this.#stands(alert.patient, 1);
    }
    return before;
  }

  #stands(patient: string, change: 1 | -1): void {
    this.#episodes.set(patient, (this.#episodes.get(patient) ?? 0) + change);
  }

  /** Records in all. */
  get records(): number {
    return Object.values(this.counts).reduce((sum, n) => sum + n, 0);
  }

  /** Patients with an episode that stands. */
  get positivePatients(): number {
    return [...this.#episodes.values()].filter((n) => n > 0).length;
  }

  get episodes(): number {
    return [...this.#episodes.values()].reduce((sum, n) => sum + n, 0);
  }

  get openAlerts(): number {
    return [...this.#alerts.values()].filter(isOpen).length;
  }

  /** The episodes that are held, by patient. */
  byPatient(): ReadonlyMap<string, readonly SepsisAlert[]> {
    return Map.groupBy(this.#alerts.values(), ({ patient }) => patient);
  }

  /** Lets go of episodes that ended before a time: they may not change any more. Their counts stay. */
  forget(endedBefore: number): void {
    for (const [id, alert] of this.#alerts)
      if (alert.end < endedBefore && !isOpen(alert)) this.#alerts.delete(id);
  }
}
