import fc from 'fast-check';
import { expect } from 'vitest';
import {
  type LogRead,
  PartitionLog,
  type ReadOptions,
} from '../../../../connectors/memory/cluster/partition-log.ts';

export const record = (value: string): { timestamp: number; key: null; value: Uint8Array } => ({
  timestamp: 0,
  key: null,
  value: new TextEncoder().encode(value),
});

export const offsetsOf = ({ records }: LogRead): number[] => records.map(({ offset }) => offset);

export type Step =
  | { readonly write: number; readonly count: number }
  | { readonly plain: number }
  | { readonly end: number; readonly commit: boolean }
  | { readonly truncate: number }
  | { readonly loseLast: number };

const producer = fc.nat({ max: 3 });
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ write: producer, count: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ plain: fc.integer({ min: 1, max: 2 }) }) },
    { weight: 4, arbitrary: fc.record({ end: producer, commit: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ truncate: fc.nat({ max: 80 }) }) },
    { weight: 1, arbitrary: fc.record({ loseLast: fc.integer({ min: 1, max: 8 }) }) },
  ),
  { maxLength: 60 },
);

type Fate = 'plain' | 'open' | 'committed' | 'aborted';

interface Entry {
  readonly offset: number;
  readonly producer: number;
  fate: Fate;
}

/** The log as a bare list that is searched from its beginning each time: slow, and plainly right. */
class ListLog {
  entries: Entry[] = [];
  readonly firsts: Map<number, number> = new Map();
  start = 0;
  end = 0;

  take(step: Step): void {
    if ('write' in step) this.#append(step.write, step.count, 'open');
    else if ('plain' in step) this.#append(-1, step.plain, 'plain');
    else if ('end' in step) this.#decide(step.end, step.commit ? 'committed' : 'aborted');
    else if ('truncate' in step) {
      this.start = Math.max(this.start, Math.min(step.truncate, this.end));
      this.entries = this.entries.filter(({ offset }) => offset >= this.start);
    } else {
      this.end = Math.max(0, this.end - step.loseLast);
      this.start = Math.min(this.start, this.end);
      this.entries = this.entries.filter(({ offset }) => offset < this.end);
      for (const [id, first] of this.firsts) if (first >= this.end) this.firsts.delete(id);
    }
  }

  stableEnd(): number {
    return Math.max(this.start, Math.min(this.end, ...this.firsts.values()));
  }

  visible(committed: boolean): number[] {
    const shown = committed
      ? this.entries.filter(({ offset, fate }) => offset < this.stableEnd() && fate !== 'aborted')
      : this.entries;
    return shown.map(({ offset }) => offset);
  }

  #append(id: number, count: number, fate: Fate): void {
    if (fate === 'open' && !this.firsts.has(id)) this.firsts.set(id, this.end);
    for (let i = 0; i < count; i++) this.entries.push({ offset: this.end++, producer: id, fate });
  }

  #decide(id: number, fate: Fate): void {
    this.firsts.delete(id);
    for (const entry of this.entries) {
      if (entry.producer === id && entry.fate === 'open') entry.fate = fate;
    }
    this.end++;
  }
}

export type Reader = (log: PartitionLog, from: number, most: number, options: ReadOptions) => LogRead;

export const rightReader: Reader = (log, from, most, options) =>
  log.read(from, most, Number.POSITIVE_INFINITY, options);

/** Every read of the log, after every step, from every offset: what the list gives. */
export function readsAsTheList(taken: readonly Step[], most: number, read: Reader): void {
  const log = new PartitionLog();
  const list = new ListLog();
  for (const step of taken) {
    if ('write' in step) {
      const records = Array.from({ length: step.count }, () => record('x'));
      expect(log.append(records, { producerId: step.write, transactional: true })).toBe(list.end);
    } else if ('plain' in step) log.append(Array.from({ length: step.plain }, () => record('x')));
    else if ('end' in step) log.marker(step.end, step.commit);
    else if ('truncate' in step) log.truncate(step.truncate);
    else log.loseTail(log.end - step.loseLast);
    list.take(step);
    expect([log.start, log.stableEnd, log.end]).toEqual([list.start, list.stableEnd(), list.end]);
    for (const committed of [true, false]) {
      const visible = list.visible(committed);
      const bound = committed ? list.stableEnd() : list.end;
      for (let from = list.start; from <= list.end; from++) {
        const rest = visible.filter((offset) => offset >= from);
        const found = read(log, from, most, { committed });
        expect(offsetsOf(found)).toEqual(rest.slice(0, most));
        expect(found.nextOffset).toBe(rest[most] ?? Math.max(from, bound));
      }
    }
  }
}
