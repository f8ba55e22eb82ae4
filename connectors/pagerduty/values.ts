import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { instant, isoOf } from '../../topology/model/time.ts';

const iso = (time: number): string => isoOf(instant(time));
const MINUTE = 60_000;

/** What was measured, when, and of whom: protected health information. */
export function valuesOf(
  alert: SepsisAlert,
): Readonly<Record<string, unknown>> & { readonly timestamp: string } {
  const { lactate, suspectedInfection, encounterDetail } = alert;
  return {
    timestamp: iso(alert.eventTime),
    patient: alert.patient,
    encounter: alert.encounter,
    location: encounterDetail?.location ?? null,
    positive_since: iso(alert.start),
    values: alert.criteria.map(({ criterion, met, value, unit, time, ageMs, preliminary, unitAssumed }) => ({
      criterion,
      met,
      value,
      unit,
      time: time === null ? null : iso(time),
      age_minutes: ageMs === null ? null : Math.round(ageMs / MINUTE),
      preliminary,
      unit_assumed: unitAssumed,
    })),
    lactate: lactate === null ? null : { value: lactate.value, unit: 'mmol/L', time: iso(lactate.time) },
    suspected_infection: suspectedInfection !== null,
  };
}
