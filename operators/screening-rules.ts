import {
  absolute,
  type Bases,
  type IdentifierMap,
  subjectResolver,
  withoutVersion,
} from '../schemas/fhir/patient-reference.ts';
import { DEFAULT_MAX_BYTES } from '../schemas/fhir/read-resource.ts';
import { type Duration, hours } from '../topology/model/time.ts';
import { type CodeMap, codeMap } from './clinical/codes.ts';
import { type Qsofa, qsofa } from './clinical/qsofa.ts';
import type { EventRules } from './fhir-events/context.ts';
import type { Cap } from './patient-window/splice.ts';
import { CAP, LATENESS, WINDOW } from './score-patient.ts';

/** Everything that a site can set about the screening; each default is cited where it is declared. */
export interface ScreeningRules {
  readonly rule: Qsofa;
  readonly window: Duration;
  readonly lateness: Duration;
  readonly futureClamp: Duration;
  readonly cap: Cap;
  readonly codes: CodeMap;
  readonly bases: Bases;
  readonly identifiers: IdentifierMap;
  readonly maxFhirBytes: number;
  readonly trustTimestamp: boolean;
  /** Replays alone: the header `sepsis-origin` says where a record stands in its recording. */
  readonly trustOrigin: boolean;
  readonly retain: 'window' | 'all';
  /** Key of the patient pseudonyms in the audit trail. */
  readonly pseudonymSecret: string;
}

/** Charting ahead of time reaches 86 min in real data (MIMIC-III demo); two hours let all of it through. */
export const FUTURE_CLAMP: Duration = hours(2);

/** The defaults, with what a site sets differently. */
export function screeningRules(own: Partial<ScreeningRules> = {}): ScreeningRules {
  return Object.freeze({
    rule: qsofa,
    window: WINDOW,
    lateness: LATENESS,
    futureClamp: FUTURE_CLAMP,
    cap: CAP,
    codes: codeMap(),
    bases: {},
    identifiers: new Map(),
    maxFhirBytes: DEFAULT_MAX_BYTES,
    trustTimestamp: true,
    trustOrigin: false,
    retain: 'window',
    pseudonymSecret: 'not-a-secret',
    ...own,
  });
}

/** What the reading of resources needs of the rules. */
export function eventRules(rules: ScreeningRules): EventRules {
  return {
    codes: rules.codes,
    bases: rules.bases,
    subjectOf: subjectResolver(rules.bases, rules.identifiers),
    encounterOf: (reference) => absolute(withoutVersion(reference), rules.bases),
    futureClamp: rules.futureClamp,
    rule: rules.rule,
  };
}
