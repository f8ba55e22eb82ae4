/** Events that are no vital signs and give an episode its context: lactate, culture, antibiotic order, encounter. */
import { instantMs } from '../../schemas/fhir/time.ts';
import { DeadLetter, Ignored } from '../../topology/model/outcome.ts';
import type { FhirRecord } from '../decode-fhir.ts';
import type { EventRules, Made } from './context.ts';
import { effectiveOf, eventOf, whenOf } from './draft.ts';
import { measured, type Wanted } from './quantity.ts';

const LACTATE: Wanted = { kind: 'LACTATE', dimension: 'lactate', criterion: -1, integer: false };

/** Lactate in mmol/L. */
export function lactate(record: FhirRecord, patient: string, code: string, rules: EventRules): Made {
  const { resource } = record;
  const [text, path] = effectiveOf(resource);
  const when = whenOf(text, path, false);
  if (when instanceof DeadLetter) return when;
  const made = measured(LACTATE, resource.value, resource.dataAbsent, code, 'Observation', rules.rule);
  if (made instanceof DeadLetter) return made;
  if (made instanceof Ignored) return [eventOf('LACTATE', patient, record, rules, when), made];
  return eventOf('LACTATE', patient, record, rules, when, [made]);
}

/** A body-fluid culture: that it was taken or ordered, and when; never its result. A date will do. */
export function culture(record: FhirRecord, patient: string, rules: EventRules): Made {
  const { resource } = record;
  const [text, path] =
    resource.resourceType === 'ServiceRequest' && resource.authoredOn !== undefined
      ? ([resource.authoredOn, 'authoredOn'] as const)
      : effectiveOf(resource);
  const when = whenOf(text, path, true);
  if (when instanceof DeadLetter) return when;
  const specimen =
    resource.code.text ?? resource.code.codings.find((c) => c.display !== undefined)?.display ?? null;
  return { ...eventOf('CULTURE', patient, record, rules, when), localDate: when.day, text: specimen };
}

/** The order of a systemic antibiotic. A date will do. */
export function antibiotic(record: FhirRecord, patient: string, rules: EventRules): Made {
  const { resource } = record;
  const when = whenOf(resource.authoredOn ?? resource.boundsStart, 'authoredOn', true);
  if (when instanceof DeadLetter) return when;
  const drug =
    resource.code.text ?? resource.code.codings.find((c) => c.display !== undefined)?.display ?? null;
  return { ...eventOf('ANTIBIOTIC', patient, record, rules, when), localDate: when.day, text: drug };
}

/** An encounter: class, period and place. Its time is its start. */
export function encounter(record: FhirRecord, patient: string, rules: EventRules): Made {
  const { resource } = record;
  const when = whenOf(resource.periodStart, 'period.start', true);
  if (when instanceof DeadLetter) return when;
  const end = resource.periodEnd === undefined ? Number.NaN : instantMs(resource.periodEnd);
  const event = eventOf('ENCOUNTER', patient, record, rules, when);
  return {
    ...event,
    encounter: resource.id === undefined ? null : rules.encounterOf(`Encounter/${resource.id}`),
    encounterDetail: {
      status: resource.status ?? null,
      class: resource.encounterClass ?? null,
      start: when.time,
      end: Number.isNaN(end) ? null : end,
      location: resource.location ?? null,
      partOf: resource.partOf === undefined ? null : rules.encounterOf(resource.partOf),
    },
  };
}
