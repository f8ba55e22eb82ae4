import type { FhirCursor } from './fhir-cursor.ts';
import { startsNumber } from './json-number.ts';
import { readConcept } from './read-concept.ts';
import { readQuantity } from './read-quantity.ts';
import type { Concept, Quantity, Value } from './resource.ts';

const ABSENT: Value = Object.freeze({ kind: 'absent' });

/** The types of `value[x]` that are no number for us, with the JSON type that each is written as. */
const OTHERS = [
  ['String', 'string', 'text'],
  ['Range', 'Range', 'object'],
  ['Ratio', 'Ratio', 'object'],
  ['SampledData', 'SampledData', 'object'],
  ['Boolean', 'boolean', 'boolean'],
  ['DateTime', 'dateTime', 'text'],
  ['Time', 'time', 'text'],
  ['Period', 'Period', 'object'],
] as const;

const OTHER_VALUES: readonly Value[] = OTHERS.map(([, type]) => Object.freeze({ kind: 'other', type }));

/** The keys of `value[x]`, in the order of precedence when a resource has, against FHIR, more than one. */
export const VALUE_FIELDS: readonly string[] = [
  'valueQuantity',
  'valueInteger',
  'valueCodeableConcept',
  ...OTHERS.map(([key]) => `value${key}`),
];

const FIRST_OTHER = 3;

/** What has been read of the `value[x]` of one element; used again for the next element. */
export class ValueParts {
  private quantity: Quantity | undefined = undefined;
  private integer: number | undefined = undefined;
  private concept: Concept | undefined = undefined;
  /** One bit for each of OTHERS that is there. */
  private others = 0;

  clear(): void {
    this.quantity = undefined;
    this.integer = undefined;
    this.concept = undefined;
    this.others = 0;
  }

  /** Reads the value at `at` as the field of this index in VALUE_FIELDS; it replaces what an earlier such key said. */
  read(json: FhirCursor, field: number): void {
    if (field === 0) this.quantity = readQuantity(json);
    else if (field === 1) this.integer = readInteger(json);
    else if (field === 2) this.concept = json.onObject() ? readConcept(json) : undefined;
    else this.readOther(json, field - FIRST_OTHER);
  }

  value(): Value {
    if (this.quantity !== undefined) return this.quantity;
    if (this.integer !== undefined) return { kind: 'integer', value: this.integer };
    if (this.concept !== undefined) return { kind: 'concept', concept: this.concept };
    if (this.others === 0) return ABSENT;
    return OTHER_VALUES[31 - Math.clz32(this.others & -this.others)] ?? ABSENT;
  }

  private readOther(json: FhirCursor, other: number): void {
    const bit = 1 << other;
    if (isOther(json, OTHERS[other]?.[2])) this.others |= bit;
    else this.others &= ~bit;
  }
}

function isOther(json: FhirCursor, jsonType: 'text' | 'object' | 'boolean' | undefined): boolean {
  if (jsonType === 'object') return json.presentObject();
  if (jsonType === 'text') return json.text() !== undefined;
  return json.presentBoolean();
}

function readInteger(json: FhirCursor): number | undefined {
  if (startsNumber(json.byte())) return json.number();
  json.absence();
  return undefined;
}
