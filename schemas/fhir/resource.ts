/**
 * What the rule needs of a FHIR R4 resource, and nothing else: the shape that `readResource` fills from bytes.
 * Everything is as the producer wrote it; no unit is converted and no time is parsed here.
 * A field whose JSON has the wrong type (a number where FHIR has an object) is absent, and the first such
 * field is named in `malformed`.
 */
export interface FhirResource {
  readonly resourceType: string;
  readonly id: string | undefined;
  readonly versionId: string | undefined;
  readonly lastUpdated: string | undefined;
  readonly status: string | undefined;
  readonly intent: string | undefined;
  /** `code`, or `medicationCodeableConcept` of a MedicationRequest. */
  readonly code: Concept;
  /** `subject`, or `patient`; undefined when there is none. */
  readonly subject: Reference | undefined;
  /** `encounter.reference`. */
  readonly encounter: string | undefined;
  /** `focus` holds at least one element. */
  readonly focus: boolean;
  readonly effectiveDateTime: string | undefined;
  /** R4 `effectiveInstant`. */
  readonly effectiveInstant: string | undefined;
  /** `effectivePeriod`, or `period` of an Encounter. */
  readonly periodStart: string | undefined;
  readonly periodEnd: string | undefined;
  /** `effectiveTiming.event[0]`. */
  readonly timingEvent: string | undefined;
  /** `effectiveTiming` is there, with or without an event. */
  readonly timing: boolean;
  readonly issued: string | undefined;
  readonly authoredOn: string | undefined;
  readonly value: Value;
  readonly dataAbsent: boolean;
  readonly components: readonly Component[];
  /** `hasMember` holds at least one element. */
  readonly hasMember: boolean;
  /** `class.code` of an Encounter. */
  readonly encounterClass: string | undefined;
  /** `location[0].location`: display, else reference. */
  readonly location: string | undefined;
  /** `partOf.reference`. */
  readonly partOf: string | undefined;
  /** `dosageInstruction[*].route.text`, else the first `route.coding[].code` or `.display`; joined with a space. */
  readonly route: string | undefined;
  /** `category[*].text`, joined with a space (`category` may be an array or one object). */
  readonly category: string | undefined;
  /** `dosageInstruction[0].timing.repeat.boundsPeriod.start`. */
  readonly boundsStart: string | undefined;
  /** Path of the first field of the wrong JSON type, for the detail of a dead letter; undefined: all as FHIR says. */
  readonly malformed: string | undefined;
}

/** A CodeableConcept: all its codings, in the order written. */
export interface Concept {
  readonly codings: readonly Coding[];
  readonly text: string | undefined;
}

export interface Coding {
  readonly system: string | undefined;
  readonly code: string | undefined;
  readonly display: string | undefined;
}

/** A Reference: literal, by identifier, or both. */
export interface Reference {
  readonly reference: string | undefined;
  readonly identifierSystem: string | undefined;
  readonly identifierValue: string | undefined;
}

export interface Component {
  readonly code: Concept;
  readonly value: Value;
  readonly dataAbsent: boolean;
}

/**
 * `value[x]`. Of a Quantity the number is `value` when it is a JSON number, `text` when it is a JSON string
 * (a producer's fault); neither: the quantity has no value.
 */
export type Value =
  | { readonly kind: 'absent' }
  | Quantity
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'concept'; readonly concept: Concept }
  /** String, Range, Ratio, SampledData, boolean, dateTime, … : present, and not a number for us. */
  | { readonly kind: 'other'; readonly type: string };

export interface Quantity {
  readonly kind: 'quantity';
  readonly value: number | undefined;
  /** Set instead of `value` when the JSON has a string (or anything but a number) there. */
  readonly notNumber: boolean;
  readonly comparator: string | undefined;
  readonly unit: string | undefined;
  readonly system: string | undefined;
  readonly code: string | undefined;
}

/** Why bytes could not be read as a FHIR resource. */
export class Unreadable {
  readonly reason: 'not-utf8' | 'not-json' | 'too-large' | 'not-fhir';
  /** What was expected at which byte, counted from the start of the record's value; holds no content of the record. */
  readonly detail: string;
  constructor(reason: Unreadable['reason'], detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

/** Tells what `readResource` could not read from what it could. */
export const isUnreadable = (read: FhirResource | Unreadable): read is Unreadable =>
  read instanceof Unreadable;
