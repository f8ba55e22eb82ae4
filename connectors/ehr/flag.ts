import type { Flag } from 'fhir/r4.js';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { aboutOf, identifiersOf, periodOf, type Shaped } from './shape.ts';
import { SOFTWARE } from './software.ts';

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/flag-category';

/** A banner in the chart while the episode is open. */
export function flagOf(shaped: Shaped): Flag {
  return {
    resourceType: 'Flag',
    identifier: identifiersOf(shaped),
    status: flagStatusOf(shaped.alert),
    category: [{ coding: [{ system: CATEGORY, code: 'clinical' }] }],
    code: { text: `Positive sepsis screen (${shaped.alert.rule})` },
    ...aboutOf(shaped),
    period: periodOf(shaped.alert),
    author: SOFTWARE,
  };
}

function flagStatusOf({ status }: SepsisAlert): Flag['status'] {
  if (status === 'RETRACTED') return 'entered-in-error';
  return status === 'RESOLVED' ? 'inactive' : 'active';
}
