import type { FhirResource } from '../../schemas/fhir/resource.ts';
import type { Measurement } from '../../schemas/generated/clinical-event.ts';
import { DeadLetter, Ignored } from '../../topology/model/outcome.ts';
import { type Selection, select } from '../clinical/codes.ts';
import { RR, SBP } from '../clinical/criterion.ts';
import { MENTATION_ALERT, MENTATION_ALTERED } from '../clinical/measurement.ts';
import { alteredByAcvpu, alteredByConfusion } from '../clinical/mentation.ts';
import type { FhirRecord } from '../decode-fhir.ts';
import type { EventRules, Made } from './context.ts';
import { effectiveOf, eventOf, whenOf } from './draft.ts';
import { gcsValues } from './gcs-values.ts';
import { measured, type Wanted } from './quantity.ts';

const RESPIRATORY_RATE: Wanted = {
  kind: 'RESPIRATORY_RATE',
  dimension: 'respiratory-rate',
  criterion: RR,
  integer: false,
};
const SYSTOLIC: Wanted = { kind: 'SYSTOLIC_BP', dimension: 'pressure', criterion: SBP, integer: false };

/**
 * The event of a vital sign whose status counts and whose patient is known; checks go on with
 * time, future, value, unit, plausibility, and the first that fails decides.
 * A version without a usable value still travels: it takes the place of an earlier version that had one.
 */
export function vitalSigns(
  record: FhirRecord,
  patient: string,
  selection: Selection,
  rules: EventRules,
): Made {
  const { resource, arrival } = record;
  const [text, path] = effectiveOf(resource);
  const when = whenOf(text, path, false);
  if (when instanceof DeadLetter) return when;
  if (arrival !== undefined && when.time > arrival + rules.futureClamp) {
    return new DeadLetter(
      'future-time',
      `${path} lies more than ${rules.futureClamp / 60_000} min after the arrival`,
    );
  }
  const values = valuesOf(resource, selection, rules);
  if (values instanceof DeadLetter) return values;
  if (values instanceof Ignored) return [eventOf('VITAL_SIGNS', patient, record, rules, when), values];
  return eventOf('VITAL_SIGNS', patient, record, rules, when, values);
}

function valuesOf(
  resource: FhirResource,
  { selected, code }: Selection,
  rules: EventRules,
): readonly Measurement[] | DeadLetter | Ignored {
  switch (selected) {
    case 'respiratory-rate':
      return single(
        measured(RESPIRATORY_RATE, resource.value, resource.dataAbsent, code, 'Observation', rules.rule),
      );
    case 'systolic':
      return single(measured(SYSTOLIC, resource.value, resource.dataAbsent, code, 'Observation', rules.rule));
    case 'blood-pressure-panel':
      return systolicComponents(resource, rules);
    case 'gcs-total':
    case 'gcs-eye':
    case 'gcs-verbal':
    case 'gcs-motor':
    case 'gcs-qualifier':
      return gcsValues(resource, selected, code, rules.codes, rules.rule);
    case 'mentation':
    case 'new-confusion':
      return single(mentation(resource, selected, code));
    case 'lactate':
    case 'culture':
      return new Ignored('code');
  }
}

const single = (made: Measurement | DeadLetter | Ignored): readonly Measurement[] | DeadLetter | Ignored =>
  made instanceof DeadLetter || made instanceof Ignored ? made : [made];

const HAS_MEMBER = new Ignored('has-member');
const NO_VALUE = new Ignored('no-value');

/** A panel has components, never a value: every systolic component of it, in whatever order. */
function systolicComponents(
  resource: FhirResource,
  rules: EventRules,
): readonly Measurement[] | DeadLetter | Ignored {
  const { components } = resource;
  let found: Measurement[] | undefined;
  let reason = resource.hasMember && components.length === 0 ? HAS_MEMBER : NO_VALUE;
  let i = -1;
  for (const component of components) {
    i++;
    const part = select(rules.codes, component.code.codings);
    if (part?.selected !== 'systolic') continue;
    const made = measured(
      SYSTOLIC,
      component.value,
      component.dataAbsent,
      part.code,
      `component[${i}]`,
      rules.rule,
    );
    if (made instanceof DeadLetter) return made;
    if (made instanceof Ignored) reason = made;
    else if (found === undefined) found = [made];
    else found.push(made);
  }
  return found ?? reason;
}

function mentation(
  resource: FhirResource,
  selected: 'mentation' | 'new-confusion',
  code: string,
): Measurement | Ignored {
  const { value, dataAbsent } = resource;
  if (dataAbsent) return new Ignored('no-value');
  const concept = value.kind === 'concept' ? value.concept : undefined;
  if (concept === undefined && value.kind !== 'absent') return new Ignored('value-type');
  let altered: boolean | undefined;
  if (selected === 'new-confusion') altered = alteredByConfusion(concept);
  else if (concept !== undefined) altered = alteredByAcvpu(concept);
  if (altered === undefined) return new Ignored('no-value');
  return {
    kind: 'MENTATION',
    value: altered ? MENTATION_ALTERED : MENTATION_ALERT,
    unitAssumed: false,
    code,
  };
}
