import type { RiskAssessment, RiskAssessmentPrediction } from 'fhir/r4.js';
import { isPositive, methodOf } from './explanation.ts';
import { referenceTo, sourcesOf } from './references.ts';
import { aboutOf, identifiersOf, periodOf, type Shaped, statusOf } from './shape.ts';
import { SOFTWARE } from './software.ts';

const SEPSIS = { coding: [{ system: 'http://snomed.info/sct', code: '91302008' }], text: 'Sepsis' };
const PROBABILITY = 'http://terminology.hl7.org/CodeSystem/risk-probability';

/** At risk of sepsis, because of this score and these values. `withScore`: the score is a resource of its own. */
export function riskAssessmentOf(shaped: Shaped, withScore: boolean): RiskAssessment {
  const { alert, ours, referring } = shaped;
  const basis = [
    ...(withScore ? [ours('Observation')] : []),
    ...sourcesOf(alert).map((source) => referenceTo(source, referring)),
  ];
  return {
    resourceType: 'RiskAssessment',
    identifier: identifiersOf(shaped),
    status: statusOf(alert),
    method: { text: methodOf(alert) },
    code: { text: 'Screening for sepsis' },
    ...aboutOf(shaped),
    occurrencePeriod: periodOf(alert),
    performer: SOFTWARE,
    ...(basis.length === 0 ? {} : { basis }),
    ...(alert.status === 'RETRACTED' ? {} : { prediction: [predictionOf(shaped)] }),
  };
}

function predictionOf({ alert }: Shaped): RiskAssessmentPrediction {
  const points = `Meets ${alert.score} of ${alert.criteria.length} criteria of ${alert.rule}`;
  const positive = isPositive(alert);
  return {
    outcome: SEPSIS,
    // No number and no "low": a screen that is not positive says nothing of the patients that it misses.
    ...(positive
      ? { qualitativeRisk: { coding: [{ system: PROBABILITY, code: 'high' }], text: 'Positive screen' } }
      : {}),
    rationale: `${points}. A screen, not a diagnosis.`,
  };
}
