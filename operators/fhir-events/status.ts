/** Which statuses count, by resource. R4 value sets; what is not listed here does not count. */

const OBSERVATION = new Set(['final', 'amended', 'corrected', 'preliminary']);
/** A culture counts from the moment it is taken; its result does not matter. */
const CULTURE = new Set([...OBSERVATION, 'registered', 'partial', 'appended', 'active', 'completed']);
const MEDICATION_REQUEST = new Set(['active', 'completed']);
const ORDER_INTENT = new Set(['order', 'original-order', 'instance-order']);
const ENCOUNTER = new Set(['arrived', 'triaged', 'in-progress', 'onleave', 'finished']);

export const RETRACTED = 'entered-in-error';

export type StatusRule = 'observation' | 'culture' | 'order' | 'encounter';

const RULES: Readonly<Record<StatusRule, ReadonlySet<string>>> = {
  observation: OBSERVATION,
  culture: CULTURE,
  order: MEDICATION_REQUEST,
  encounter: ENCOUNTER,
};

export const counts = (rule: StatusRule, status: string | undefined): boolean => status !== undefined && RULES[rule].has(status);

/** An order that is meant to be carried out; a missing intent is not one. */
export const isOrder = (intent: string | undefined): boolean => intent !== undefined && ORDER_INTENT.has(intent);
