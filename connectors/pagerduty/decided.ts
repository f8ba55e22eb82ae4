import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { SinkRecord } from '../sink/sink.ts';
import type { Danger } from './danger.ts';
import type { PagePolicy } from './page-policy.ts';
import type { PageCause, PatientPages, ResolveReason, Suppression } from './patient-pages.ts';

export type AlertRecord = SinkRecord<SepsisAlert>;

/** Something that is to be sent. */
export type Action = Trigger | Resolve;

export interface Trigger {
  readonly kind: 'trigger';
  readonly key: string;
  readonly alias: string;
  readonly reason: PageCause;
  readonly danger: Danger;
  /** The snapshot that it is about. */
  readonly record: AlertRecord;
}

export interface Resolve {
  readonly kind: 'resolve';
  readonly key: string;
  readonly alias: string;
  readonly reason: ResolveReason;
  readonly record: AlertRecord;
}

/** Something that nobody is told, and why. */
export interface Suppressed {
  readonly reason: Suppression;
  readonly record: AlertRecord;
}

/** What is to be done about some records of a patient. */
export interface Decided {
  readonly next: PatientPages;
  /** In the order in which they are to be sent: whoever got worse comes first. */
  readonly actions: readonly Action[];
  readonly suppressed: readonly Suppressed[];
}

/** What a decision depends on beside the records. */
export interface Circumstances {
  readonly policy: PagePolicy;
  /** Epoch milliseconds. */
  readonly now: number;
  /** When this group began with the partition; undefined: nobody knows. What was written long before is no news. */
  readonly began: number | undefined;
  /** Name of the routing key for an alert. */
  readonly aliasOf: (alert: SepsisAlert) => string;
}
