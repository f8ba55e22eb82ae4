import type { Suppression } from './patient-pages.ts';

/** What the sink tells of itself: kinds, reasons and numbers; never a key, a patient or a text of somebody else. */
export interface PagerDutyTelemetry {
  /** PagerDuty accepted a trigger or a resolve. */
  delivered(kind: 'trigger' | 'resolve'): void;
  suppressed(reason: Suppression): void;
  /** PagerDuty will never accept an event, for this status. */
  refused(kind: 'trigger' | 'resolve', status: number): void;
  /** A person acknowledged or resolved a page. */
  responded(kind: 'acknowledged' | 'resolved'): void;
  /** Something outside failed and is tried again: a code of the table of errors, and a status or a code of Node. */
  retrying(code: string, why: string): void;
}
