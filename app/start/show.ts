import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { PageView } from '../console/ward-view.ts';
import type { WardRun } from './ward-run.ts';

/** How a run is shown while it goes on. */
export interface Show {
  /** A record of the alerts topic, and what the alert was before it. */
  readonly alert: (alert: SepsisAlert, before: SepsisAlert | undefined) => void;
  readonly page: (page: PageView) => void;
  /** Called after every small step of the ward. */
  readonly step: (run: WardRun) => void;
  /** Gives the terminal back. Safe to call twice. */
  readonly close: () => void;
}
