import type { Bases, Subject } from '../../schemas/fhir/patient-reference.ts';
import type { Reference } from '../../schemas/fhir/resource.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import type { DeadLetter, Ignored } from '../../topology/model/outcome.ts';
import type { Duration } from '../../topology/model/time.ts';
import type { CodeMap } from '../clinical/codes.ts';
import type { Qsofa } from '../clinical/qsofa.ts';

/** What the reading of a resource depends on besides the resource. */
export interface EventRules {
  readonly codes: CodeMap;
  readonly bases: Bases;
  readonly subjectOf: (subject: Reference | undefined) => Subject;
  readonly encounterOf: (reference: string) => string;
  /** How far ahead of its arrival a vital sign may lie. */
  readonly futureClamp: Duration;
  /** Decides whether a quantity with a comparator is usable. */
  readonly rule: Qsofa;
}

/** What one resource gives: an event, a verdict, or an event together with the reason why it counts for nothing. */
export type Made = ClinicalEvent | DeadLetter | Ignored | readonly [ClinicalEvent, Ignored];
