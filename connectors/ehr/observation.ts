import type { Observation } from 'fhir/r4.js';
import { componentOf, LOINC, scoreQuantity, screenInterpretation } from './criterion-component.ts';
import { explanationOf, isPositive, methodOf } from './explanation.ts';
import { referenceTo, sourcesOf } from './references.ts';
import { aboutOf, identifiersOf, isoOf, type Shaped, statusOf } from './shape.ts';
import { SOFTWARE } from './software.ts';

/** qSOFA score as LOINC has it. 96790-1 is the SOFA total, which this is not. */
const SCORE = { coding: [{ system: LOINC, code: '96791-9' }], text: 'qSOFA score' };
const SURVEY = 'http://terminology.hl7.org/CodeSystem/observation-category';

/** The score itself, with each criterion as a component. One that is withdrawn has no value any more. */
export function observationOf(shaped: Shaped): Observation {
  const { alert, referring } = shaped;
  const derivedFrom = sourcesOf(alert).map((source) => referenceTo(source, referring));
  const common: Observation = {
    resourceType: 'Observation',
    identifier: identifiersOf(shaped),
    status: statusOf(alert),
    category: [{ coding: [{ system: SURVEY, code: 'survey' }] }],
    code: SCORE,
    ...aboutOf(shaped),
    effectiveDateTime: isoOf(alert.windowEnd),
    issued: isoOf(alert.processingTime),
    note: [{ text: explanationOf(alert) }],
    device: SOFTWARE,
    method: { text: methodOf(alert) },
  };
  if (alert.status === 'RETRACTED') return common;
  return {
    ...common,
    valueQuantity: scoreQuantity(alert.score),
    interpretation: [screenInterpretation(isPositive(alert))],
    ...(derivedFrom.length === 0 ? {} : { derivedFrom }),
    component: alert.criteria.flatMap((state) => componentOf(state) ?? []),
  };
}
