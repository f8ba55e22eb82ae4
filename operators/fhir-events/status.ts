/** Which statuses count, by resource. R4 value sets; what is not listed here does not count. */

const OBSERVATION = new Set(['final', 'amended', 'corrected', 'preliminary']);
/** A culture counts from the moment it is taken; its result does not matter. */
const CULTURE = new Set([...OBSERVATION, 'registered', 'partial', 'appended', 'active', 'completed']);
const MEDICATION_REQUEST = new Set(['active', 'completed']);
const ORDER_INTENT = new Set(['order', 'original-order', 'instance-order']);
const ENCOUNTER = new Set(['arrived', 'triaged', 'in-progress', 'onleave', 'finished']);

/** Statuses of R4 that do not count for any of these resources, as far as a reason may name them. */
const NAMED = new Set([
  ...CULTURE,
  ...MEDICATION_REQUEST,
  ...ENCOUNTER,
  'cancelled',
  'entered-in-error',
  'unknown',
  'on-hold',
  'stopped',
  'draft',
  'revoked',
  'planned',
]);

/** Why a status does not count, as a code: a status of no value set may hold anything, so it is not repeated. */
export function statusReason(status: string | undefined): string {
  if (status === undefined) return 'status-missing';
  return NAMED.has(status) ? `status-${status}` : 'status-invalid';
}

export const RETRACTED = 'entered-in-error';

export type StatusRule = 'observation' | 'culture' | 'order' | 'encounter';

const RULES: Readonly<Record<StatusRule, ReadonlySet<string>>> = {
  observation: OBSERVATION,
  culture: CULTURE,
  order: MEDICATION_REQUEST,
  encounter: ENCOUNTER,
};

export const counts = (rule: StatusRule, status: string | undefined): boolean =>
  status !== undefined && RULES[rule].has(status);

/** An order that is meant to be carried out; a missing intent is not one. */
export const isOrder = (intent: string | undefined): boolean =>
  intent !== undefined && ORDER_INTENT.has(intent);
