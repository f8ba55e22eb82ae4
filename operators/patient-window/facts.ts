import { CRITERION_COUNT } from '../clinical/criterion.ts';
import { emptyIntervals, type Intervals, metIntervals } from '../clinical/met-intervals.ts';
import type { Qsofa } from '../clinical/qsofa.ts';
import { emptySeries, type Series, seriesOf } from '../clinical/series.ts';
import type { Block } from './block.ts';
import { eachMeasurement, entryLength, entryTime } from './entry.ts';

/** All measurements of a block in columns; `source` is the position of the entry in `block.bytes`. */
class Columns {
  count = 0;
  time: number[] = [];
  kind: number[] = [];
  value: number[] = [];
  source: number[] = [];
  #at = 0;
  #when = 0;
  readonly #push = (kind: number, value: number): void => {
    const i = this.count++;
    this.time[i] = this.#when;
    this.kind[i] = kind;
    this.value[i] = value;
    this.source[i] = this.#at;
  };
  fill(block: Block): this {
    this.count = 0;
    for (let at = block.entriesFrom; at < block.entriesTo; at += entryLength(block.bytes, at)) {
      this.#at = at;
      this.#when = entryTime(block.bytes, at);
      eachMeasurement(block.bytes, at, this.#push);
    }
    return this;
  }
}

const columns = new Columns();
const series: readonly Series[] = Array.from({ length: CRITERION_COUNT }, emptySeries);
const intervals: readonly Intervals[] = Array.from({ length: CRITERION_COUNT }, emptyIntervals);

/** The usable values of a block by criterion. The arrays are reused: good until the next call. */
export const seriesOfBlock = (block: Block, rule: Qsofa): readonly Series[] =>
  seriesOf(rule, columns.fill(block), series);

/** When each criterion is met by the rule's semantic. The arrays are reused: good until the next call. */
export function intervalsOf(values: readonly Series[], windowMs: number, rule: Qsofa): readonly Intervals[] {
  for (let c = 0; c < CRITERION_COUNT; c++)
    metIntervals(values[c] as Series, windowMs, rule.semantic, intervals[c] as Intervals);
  return intervals;
}
