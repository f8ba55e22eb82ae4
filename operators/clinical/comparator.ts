import { RR } from './criterion.ts';
import { meets, type Qsofa } from './qsofa.ts';

/**
 * What a quantity with a comparator says about a criterion. It is usable only when the whole half-line lies on
 * one side of the threshold: RR `>40` is abnormal, RR `<40` says nothing, SBP `>250` is normal.
 * Returns a value of that half-line that stands for it (the bound, or the next number beyond a strict bound),
 * or undefined when it decides nothing. Both criteria are one-sided, so the two ends of the half-line suffice.
 */
export function decided(
  rule: Qsofa,
  criterion: number,
  comparator: string,
  bound: number,
): number | undefined {
  const upward = comparator === '>' || comparator === '>=';
  if (!upward && comparator !== '<' && comparator !== '<=') return undefined;
  const near = comparator.length === 2 ? bound : upward ? above(bound) : below(bound);
  const farMet = upward === (criterion === RR);
  return meets(rule, criterion, near) === farMet ? near : undefined;
}

const step = (bound: number): number => Math.max(Math.abs(bound), 1) * Number.EPSILON;
const above = (bound: number): number => bound + step(bound);
const below = (bound: number): number => bound - step(bound);
