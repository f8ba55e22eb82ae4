import { type Duration, type Instant, instant, minutes } from '../topology/model/time.ts';
import type { ClinicalEvent } from './generated/clinical-event.ts';

/** A tick says that time has passed, to every patient of a partition: its record has no key. */
const tickAt = (t: Instant): ClinicalEvent => ({
  kind: 'TICK',
  patient: '',
  resourceType: 'UNKNOWN',
  resourceId: '',
  versionRank: 'NONE',
  version: 0,
  time: t,
  timePrecision: 'INSTANT',
  localDate: null,
  preliminary: false,
  measurements: [],
  text: null,
  encounter: null,
  encounterDetail: null,
  origin: { topic: '', partition: 0, offset: 0 },
  arrival: null,
});

/** How ticks are written and read: one a minute. */
export const everyMinute: {
  readonly every: Duration;
  readonly valueAt: (t: Instant) => ClinicalEvent;
  readonly timeOf: (event: ClinicalEvent) => Instant | undefined;
} = Object.freeze({
  every: minutes(1),
  valueAt: tickAt,
  timeOf: (event: ClinicalEvent) =>
    event.kind === 'TICK' && event.time !== null ? instant(event.time) : undefined,
});
