import type { OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { ClinicalEvent } from '../schemas/generated/clinical-event.ts';
import { DeadLetter, Ignored, type Verdict } from '../topology/model/outcome.ts';
import { isSystemicAntibiotic } from './clinical/antibiotics.ts';
import { type Selection, select } from './clinical/codes.ts';
import type { FhirRecord } from './decode-fhir.ts';
import type { EventRules, Made } from './fhir-events/context.ts';
import { antibiotic, culture, encounter, lactate } from './fhir-events/context-facts.ts';
import { effectiveOf, withdrawalOf } from './fhir-events/draft.ts';
import { counts, isOrder, RETRACTED, type StatusRule, statusReason } from './fhir-events/status.ts';
import { vitalSigns } from './fhir-events/vital-signs.ts';

/**
 * A FHIR resource to the clinical event that it is, in canonical units.
 * Checks come in this order and the first hit decides: resource type, any code of ours, status, focus, kind of
 * subject, subject (a retraction ends here), time, future, value, unit, plausibility.
 */
export function toClinicalEvents(rules: EventRules): OperatorFunction<FhirRecord, ClinicalEvent | Verdict> {
  return (records) =>
    new Observable((out) =>
      records.subscribe({
        next: (record) => {
          const made = clinicalEvent(record, rules);
          if (!Array.isArray(made)) out.next(made as ClinicalEvent | Verdict);
          else for (const element of made as readonly (ClinicalEvent | Verdict)[]) out.next(element);
        },
        error: (error: unknown) => out.error(error),
        complete: () => out.complete(),
      }),
    );
}

const OTHER_TYPE = new Ignored('resource-type');
const OTHER_CODE = new Ignored('code');
const FOCUS = new Ignored('focus');

type What =
  | { readonly kind: 'vital' | 'lactate'; readonly status: 'observation'; readonly selection: Selection }
  | { readonly kind: 'culture'; readonly status: 'culture' }
  | { readonly kind: 'antibiotic'; readonly status: 'order' }
  | { readonly kind: 'encounter'; readonly status: 'encounter' };

const CULTURE: What = { kind: 'culture', status: 'culture' };
const ANTIBIOTIC: What = { kind: 'antibiotic', status: 'order' };
const ENCOUNTER: What = { kind: 'encounter', status: 'encounter' };

/** What one resource is for us, or why it is nothing. */
export function clinicalEvent(record: FhirRecord, rules: EventRules): Made {
  const { resource } = record;
  const what = whatItIs(record, rules);
  if (what instanceof Ignored) return what;
  const retracted = resource.status === RETRACTED;
  const statusCounts =
    counts(what.status, resource.status) && (what.kind !== 'antibiotic' || isOrder(resource.intent));
  const aboutOther = (statusCounts || retracted) && resource.focus;
  const subject = rules.subjectOf(resource.subject);
  if (!statusCounts || aboutOther) {
    const why = aboutOther ? FOCUS : retracted ? undefined : new Ignored(statusReason(resource.status));
    if ('patient' in subject) {
      // An earlier version is withdrawn: what turns out to be about somebody else never was this patient's.
      const kind = what.kind === 'vital' ? 'VITAL_SIGNS' : 'RETRACTION';
      const event = withdrawalOf(kind, subject.patient, record, rules, timeTextOf(record, what.status));
      return why === undefined ? event : [event, why];
    }
    // Without a patient there is nothing to withdraw; status and focus are checked before the subject.
    if (why !== undefined) return why;
  }
  if ('ignored' in subject) return new Ignored(subject.ignored);
  if ('dead' in subject) return new DeadLetter(subject.dead, subject.detail);
  switch (what.kind) {
    case 'vital':
      return vitalSigns(record, subject.patient, what.selection, rules);
    case 'lactate':
      return lactate(record, subject.patient, what.selection.code, rules);
    case 'culture':
      return culture(record, subject.patient, rules);
    case 'antibiotic':
      return antibiotic(record, subject.patient, rules);
    case 'encounter':
      return encounter(record, subject.patient, rules);
  }
}

function whatItIs({ resource }: FhirRecord, rules: EventRules): What | Ignored {
  switch (resource.resourceType) {
    case 'Observation': {
      const selection = select(rules.codes, resource.code.codings);
      if (selection === undefined) return OTHER_CODE;
      if (selection.selected === 'culture') return CULTURE;
      return {
        kind: selection.selected === 'lactate' ? 'lactate' : 'vital',
        status: 'observation',
        selection,
      };
    }
    case 'DiagnosticReport':
    case 'ServiceRequest':
      return select(rules.codes, resource.code.codings)?.selected === 'culture' ? CULTURE : OTHER_CODE;
    case 'MedicationRequest': {
      const { code, route, category } = resource;
      return isSystemicAntibiotic({ codings: code.codings, text: code.text, route, category })
        ? ANTIBIOTIC
        : OTHER_CODE;
    }
    case 'Encounter':
      return ENCOUNTER;
    default:
      return OTHER_TYPE;
  }
}

function timeTextOf({ resource }: FhirRecord, status: StatusRule): string | undefined {
  if (status === 'order') return resource.authoredOn ?? resource.boundsStart;
  if (status === 'encounter') return resource.periodStart;
  return effectiveOf(resource)[0];
}
