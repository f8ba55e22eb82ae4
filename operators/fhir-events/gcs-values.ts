import type { Component, FhirResource, Value } from '../../schemas/fhir/resource.ts';
import type { Measurement } from '../../schemas/generated/clinical-event.ts';
import { DeadLetter, Ignored } from '../../topology/model/outcome.ts';
import { type CodeMap, type Selected, select } from '../clinical/codes.ts';
import { GCS } from '../clinical/criterion.ts';
import { gcsAnswer, qualifierUntestable } from '../clinical/gcs-answer.ts';
import type { MeasurementKind } from '../clinical/measurement.ts';
import type { Qsofa } from '../clinical/qsofa.ts';
import { measured, type Wanted } from './quantity.ts';

const KIND: Readonly<Partial<Record<Selected, MeasurementKind>>> = {
  'gcs-total': 'GCS_TOTAL',
  'gcs-eye': 'GCS_EYE',
  'gcs-verbal': 'GCS_VERBAL',
  'gcs-motor': 'GCS_MOTOR',
};

const WANTED: Readonly<Partial<Record<MeasurementKind, Wanted>>> = Object.fromEntries(
  Object.values(KIND).map((kind): [MeasurementKind, Wanted] => [
    kind,
    { kind, dimension: 'score', criterion: kind === 'GCS_TOTAL' ? GCS : -1, integer: true },
  ]),
);

const untestable = (code: string): Measurement => ({
  kind: 'GCS_UNTESTABLE',
  value: 0,
  unitAssumed: false,
  code,
});

/** One row or component of the scale. */
function gcsValue(
  selected: Selected,
  value: Value,
  absent: boolean,
  code: string,
  path: string,
  rule: Qsofa,
): Measurement | DeadLetter | Ignored {
  if (selected === 'gcs-qualifier') {
    return value.kind === 'concept' && qualifierUntestable(value.concept)
      ? untestable(code)
      : new Ignored('no-value');
  }
  const kind = KIND[selected];
  const wanted = kind === undefined ? undefined : WANTED[kind];
  if (kind === undefined || wanted === undefined) return new Ignored('code');
  if (value.kind !== 'concept' || absent) return measured(wanted, value, absent, code, path, rule);
  if (kind === 'GCS_TOTAL') return new Ignored('value-type');
  const points = gcsAnswer(value.concept, kind === 'GCS_VERBAL');
  if (points === 'untestable') return untestable(code);
  return points === undefined ? new Ignored('no-value') : { kind, value: points, unitAssumed: false, code };
}

/** Everything that an Observation of the scale says: its own value and its components. */
export function gcsValues(
  resource: FhirResource,
  selected: Selected,
  code: string,
  codes: CodeMap,
  rule: Qsofa,
): Measurement[] | DeadLetter | Ignored {
  const found: Measurement[] = [];
  let reason: Ignored | undefined;
  const add = (made: Measurement | DeadLetter | Ignored): DeadLetter | undefined => {
    if (made instanceof DeadLetter) return made;
    if (made instanceof Ignored) reason ??= made;
    else found.push(made);
    return undefined;
  };
  const own = add(gcsValue(selected, resource.value, resource.dataAbsent, code, resource.resourceType, rule));
  if (own !== undefined) return own;
  if (selected === 'gcs-total') {
    for (const [i, component] of resource.components.entries()) {
      const dead = addComponent(component, i, codes, rule, add);
      if (dead !== undefined) return dead;
    }
  }
  return found.length > 0 ? found : (reason ?? new Ignored('no-value'));
}

function addComponent(
  component: Component,
  i: number,
  codes: CodeMap,
  rule: Qsofa,
  add: (made: Measurement | DeadLetter | Ignored) => DeadLetter | undefined,
): DeadLetter | undefined {
  const part = select(codes, component.code.codings);
  if (part === undefined || !part.selected.startsWith('gcs-')) return undefined;
  return add(
    gcsValue(part.selected, component.value, component.dataAbsent, part.code, `component[${i}]`, rule),
  );
}
