import { shuffle } from '../../connectors/files/reorder.ts';

/** The orders in which a recording is fed. */
export type Order = 'as-is' | 'event-time' | 'reversed' | 'shuffled';

/** A record with the time that `event-time` sorts it by; NaN: it follows its predecessor. */
export interface Ordered {
  readonly eventTime: number;
}

/** The records in another order; the list given stays as it is. */
export function inOrder<T extends Ordered>(records: readonly T[], order: Order, seed: number): T[] {
  switch (order) {
    case 'as-is':
      return [...records];
    case 'reversed':
      return records.toReversed();
    case 'shuffled':
      return shuffle([...records], seed);
    case 'event-time': {
      let last = 0;
      const timed = records.map((record) => {
        if (!Number.isNaN(record.eventTime)) last = record.eventTime;
        return { record, time: last };
      });
      return timed.toSorted((a, b) => a.time - b.time).map(({ record }) => record);
    }
  }
}

/**
 * The records in rounds of `size` at most, and of `span` milliseconds of event time at most when it is given: what is
 * fed in one round is read from several topics side by side, in whatever order.
 */
export function inRounds<T extends Partial<Ordered>>(
  records: readonly T[],
  size: number,
  span: number = Number.POSITIVE_INFINITY,
): T[][] {
  const rounds: T[][] = [];
  let round: T[] = [];
  let from = Number.NaN;
  for (const record of records) {
    const time = record.eventTime ?? Number.NaN;
    if (round.length >= size || Math.abs(time - from) > span) {
      rounds.push(round);
      round = [];
      from = Number.NaN;
    }
    if (Number.isNaN(from)) from = time;
    round.push(record);
  }
  if (round.length > 0) rounds.push(round);
  return rounds;
}

interface Dated {
  readonly effectiveDateTime?: unknown;
  readonly effectiveInstant?: unknown;
  readonly effectivePeriod?: { readonly start?: unknown; readonly end?: unknown };
  readonly issued?: unknown;
  readonly period?: { readonly start?: unknown };
  readonly authoredOn?: unknown;
}

/** When a resource says that its fact was true, epoch milliseconds; NaN: it does not say. For sorting only. */
export function eventTimeOf(resource: Dated): number {
  const texts = [
    resource.effectiveDateTime,
    resource.effectiveInstant,
    resource.effectivePeriod?.end,
    resource.effectivePeriod?.start,
    resource.issued,
    resource.period?.start,
    resource.authoredOn,
  ];
  const text = texts.find((one) => typeof one === 'string');
  return typeof text === 'string' ? Date.parse(text) : Number.NaN;
}
