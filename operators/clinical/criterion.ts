/** The three criteria of qSOFA, in the order in which they are listed everywhere. Mentation is reported as `GCS`. */
export const CRITERIA = ['GCS', 'RR', 'SBP'] as const;
export type Criterion = (typeof CRITERIA)[number];

/** A set of criteria as bits: bit i stands for `CRITERIA[i]`. */
export type CriterionMask = number;

export const GCS = 0;
export const RR = 1;
export const SBP = 2;
export const CRITERION_COUNT = 3;

const BY_MASK: readonly (readonly Criterion[])[] = Array.from({ length: 1 << CRITERION_COUNT }, (_, mask) =>
  Object.freeze(CRITERIA.filter((_criterion, i) => (mask & (1 << i)) !== 0)),
);

/** The criteria of a mask, sorted by name. */
export const criteriaOf = (mask: CriterionMask): readonly Criterion[] => BY_MASK[mask] ?? [];

/** How many criteria a mask holds: the score when each is worth one point. */
export const pointsOf = (mask: CriterionMask): number => criteriaOf(mask).length;
