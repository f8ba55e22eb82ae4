import type { Value } from '../../schemas/fhir/resource.ts';
import type { Measurement } from '../../schemas/generated/clinical-event.ts';
import { DeadLetter, Ignored } from '../../topology/model/outcome.ts';
import { decided } from '../clinical/comparator.ts';
import { type MeasurementKind, plausible } from '../clinical/measurement.ts';
import type { Qsofa } from '../clinical/qsofa.ts';
import { canonical, type Dimension } from '../clinical/units.ts';

export interface Wanted {
  readonly kind: MeasurementKind;
  readonly dimension: Dimension;
  /** Criterion whose threshold decides about a comparator; -1: a comparator is never usable. */
  readonly criterion: number;
  /** Whether `valueInteger` will do: of scores only. */
  readonly integer: boolean;
}

const NO_VALUE = new Ignored('no-value');
const VALUE_TYPE = new Ignored('value-type');
const COMPARATOR = new Ignored('comparator');
const IMPLAUSIBLE = new Ignored('implausible');

/** Of a value that no criterion is made of, as lactate: above the range of a device it is at least that. */
const lowerBound = (comparator: string, bound: number): number | undefined =>
  comparator === '>' || comparator === '>=' ? bound : undefined;

/**
 * One number in its canonical unit, unrounded.
 * Dead letters: `bad-value` (a number sent as text), `unknown-unit`. Ignored: no value, a value of another
 * type, a comparator that decides nothing, a number that no patient has.
 */
export function measured(
  wanted: Wanted,
  value: Value,
  absent: boolean,
  code: string,
  path: string,
  rule: Qsofa,
): Measurement | DeadLetter | Ignored {
  if (absent) return NO_VALUE;
  let number: number | undefined;
  let assumed = false;
  switch (value.kind) {
    case 'absent':
      return NO_VALUE;
    case 'concept':
    case 'other':
      return VALUE_TYPE;
    case 'integer':
      if (!wanted.integer) return VALUE_TYPE;
      number = value.value;
      break;
    case 'quantity': {
      if (value.notNumber)
        return new DeadLetter('bad-value', `${path}.valueQuantity.value is not a JSON number`);
      if (value.value === undefined) return NO_VALUE;
      const converted = canonical(wanted.dimension, value.value, value);
      if (converted === undefined)
        return new DeadLetter(
          'unknown-unit',
          `${path}.valueQuantity has a unit that is none of ${wanted.kind}`,
        );
      number = converted.value;
      assumed = converted.assumed;
      if (value.comparator !== undefined) {
        number =
          wanted.criterion < 0
            ? lowerBound(value.comparator, number)
            : decided(rule, wanted.criterion, value.comparator, number);
        if (number === undefined) return COMPARATOR;
      }
      break;
    }
  }
  if (!plausible(wanted.kind, number)) return IMPLAUSIBLE;
  return { kind: wanted.kind, value: number, unitAssumed: assumed, code };
}
