import { type FhirCursor, NULL } from './fhir-cursor.ts';
import { FieldNames } from './field-names.ts';
import { COMMA } from './json-cursor.ts';
import { startsNumber } from './json-number.ts';
import { RecurringValues } from './recurring-values.ts';
import type { Quantity } from './resource.ts';
import { skipValue } from './skip-value.ts';

const QUANTITY = new FieldNames(['value', 'unit', 'system', 'code', 'comparator']);

/** Quantities without their value, by the text behind it: `,"unit":"mmHg", … }` is the same in most records. */
const units = new RecurringValues<Members>();

/** Some members of a Quantity. */
interface Members {
  /** `value` is among them, so it replaces an earlier one. */
  readonly hasValue: boolean;
  readonly value: number | undefined;
  readonly notNumber: boolean;
  readonly comparator: string | undefined;
  readonly unit: string | undefined;
  readonly system: string | undefined;
  readonly code: string | undefined;
}

/** A Quantity; undefined when no object stands there. */
export function readQuantity(json: FhirCursor): Quantity | undefined {
  if (!json.onObject()) return undefined;
  if (!json.openObject()) return quantityOf(NO_MEMBERS, undefined);
  const start = json.at;
  if (json.field(QUANTITY) === 0 && startsNumber(json.byte())) {
    const from = json.at;
    const value = json.number();
    const to = json.at;
    // Only here a text that shows its own end follows: from a comma inside the object to the object's end.
    if (json.byte() === COMMA) {
      const members = units.read(json, readFurther);
      const quantity = quantityOf(members, value);
      if (json.holes.open && !members.hasValue) json.holes.add(from, to, quantity);
      return quantity;
    }
  }
  json.at = start;
  return quantityOf(readMembers(json), undefined);
}

const NO_MEMBERS: Members = {
  hasValue: false,
  value: undefined,
  notNumber: false,
  comparator: undefined,
  unit: undefined,
  system: undefined,
  code: undefined,
};

function quantityOf(members: Members, earlier: number | undefined): Quantity {
  return {
    kind: 'quantity',
    value: members.hasValue ? members.value : earlier,
    notNumber: members.notNumber,
    comparator: members.comparator,
    unit: members.unit,
    system: members.system,
    code: members.code,
  };
}

function readFurther(json: FhirCursor): Members {
  json.nextMember();
  return readMembers(json);
}

/** The members from the key at `at` to the end of the object. */
function readMembers(json: FhirCursor): Members {
  let hasValue = false;
  let value: number | undefined;
  let notNumber = false;
  let comparator: string | undefined;
  let unit: string | undefined;
  let system: string | undefined;
  let code: string | undefined;
  do {
    const field = json.field(QUANTITY);
    if (field === 0) {
      hasValue = true;
      notNumber = false;
      value = undefined;
      if (startsNumber(json.byte())) value = json.number();
      else {
        notNumber = json.byte() !== NULL;
        json.absence();
      }
    } else if (field === 1) unit = json.text();
    else if (field === 2) system = json.text();
    else if (field === 3) code = json.text();
    else if (field === 4) comparator = json.text();
    else skipValue(json);
  } while (json.nextMember());
  return { hasValue, value, notNumber, comparator, unit, system, code };
}
