import { type Instant, isoOf } from '../../topology/model/time.ts';
import type { AlertStatus, CriterionView } from './ward-view.ts';
import { printable } from './width.ts';
import { clockTime, criterionText, shortId } from './words.ts';

/** One record of the alerts topic, for a log. */
export interface AlertEvent {
  /** The patient's own time that the alert is as of. */
  readonly t: Instant;
  readonly status: AlertStatus;
  readonly bed: string;
  readonly score: number;
  readonly peak: number;
  readonly met: readonly CriterionView[];
  readonly missing: readonly string[];
  readonly since: number;
  readonly end: number;
  readonly suspectedInfection: boolean;
  readonly alertId: string;
}

/** A line without colour and without control characters, for everything that is not a terminal. */
export function plainLine(event: AlertEvent): string {
  const open = event.status !== 'resolved' && event.status !== 'retracted';
  const parts = [
    `${isoOf(event.t)} ${event.status.padEnd(9)} bed ${printable(event.bed)} qSOFA ${event.score}/3`,
    ...(open && event.met.length > 0 ? [event.met.map(criterionText).join(', ')] : []),
    ...(open && event.missing.length > 0 ? [`missing ${event.missing.join(', ')}`] : []),
    `${clockTime(event.since)}-${clockTime(event.end)}${event.peak > event.score ? ` peak ${event.peak}` : ''}`,
    ...(event.suspectedInfection ? ['infection suspected'] : []),
    `alert ${shortId(event.alertId)}`,
  ];
  return printable(parts.join('; '));
}
