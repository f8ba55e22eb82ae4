import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fetched, RecordRun } from '../../../connectors/kafka-client/reads.ts';
import { Waiting } from '../../../connectors/kafka-client/waiting.ts';
import { StreamsError } from '../../../topology/model/errors.ts';

const never = (): void => expect.unreachable();

/** Runs of so many records each; behind each of them the log has two offsets without one. */
function fetched(partition: number, counts: readonly number[], behind = 0): Fetched {
  let offset = 10;
  const runs = counts.map((count): RecordRun => {
    const from = offset;
    offset += count + 2;
    const records = Array.from({ length: count }, (_, i) => ({
      offset: from + i,
      timestamp: 0,
      key: null,
      value: null,
    }));
    return { from, count, records: () => records };
  });
  return { topic: 't', partition, runs, nextOffset: offset, end: offset + behind };
}

const broken = (from: number): RecordRun => ({
  from,
  count: 1,
  records: () => {
    throw new StreamsError('batch-corrupt', 'As planned.');
  },
});

describe('what was fetched', () => {
  test('is given once, in order, within the bound, and the last of it says whether there is more', () => {
    const counts = fc.array(fc.nat({ max: 7 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 5 }), fc.integer({ min: 1, max: 12 }), (all, most) => {
        const waiting = new Waiting();
        const given = all.map((): number[] => []);
        const next = all.map(() => 10);
        waiting.put(all.map((of, partition) => fetched(partition, of, partition % 2)));
        for (let polls = 0; !waiting.empty; polls++) {
          const batches = waiting.give(most, never);
          expect(batches.length).toBeGreaterThan(0);
          expect(batches.flatMap(({ records }) => records).length).toBeLessThanOrEqual(most);
          for (const { partition, records, nextOffset, more } of batches) {
            const offsets = records.map(({ offset }) => offset);
            expect(offsets.every((offset) => offset >= (next[partition] ?? 0) && offset < nextOffset)).toBe(
              true,
            );
            given[partition]?.push(...offsets);
            next[partition] = nextOffset;
            const last = nextOffset === fetched(partition, all[partition] ?? []).nextOffset;
            expect(more).toBe(!last || partition % 2 === 1);
          }
        }
        const wanted = all.map((of, partition) =>
          fetched(partition, of).runs.flatMap((run) => run.records().map(({ offset }) => offset)),
        );
        expect(given).toEqual(wanted);
      }),
    );
  });

  test('has a share for each partition; next come what is left of a run, and whoever had none', () => {
    const waiting = new Waiting();
    waiting.put([fetched(0, [6, 6]), fetched(1, [6]), fetched(2, [6])]);
    const partitions = (): number[] => waiting.give(8, never).map(({ partition }) => partition);
    expect(partitions()).toEqual([0, 1]);
    expect(partitions()).toEqual([1, 2]);
    expect(partitions()).toEqual([2, 0]);
  });

  test('is unpacked when its turn comes, and not before', () => {
    const unpacked: number[] = [];
    const watched = fetched(0, [5, 5, 5]).runs.map((run): RecordRun => {
      const records = (): ReturnType<RecordRun['records']> => {
        unpacked.push(run.from);
        return run.records();
      };
      return { ...run, records };
    });
    const waiting = new Waiting();
    waiting.put([{ ...fetched(0, []), runs: watched }]);
    expect(unpacked).toEqual([]);
    waiting.give(5, never);
    expect(unpacked).toEqual([10]);
    waiting.give(7, never);
    expect(unpacked).toEqual([10, 17, 24]);
    // What is left of a run is not unpacked anew.
    waiting.give(7, never);
    expect(unpacked).toEqual([10, 17, 24]);
  });

  test('and cannot be unpacked is told from where on, behind all that could; nothing else of the partition is given', () => {
    const waiting = new Waiting();
    const [good] = fetched(1, [2]).runs as [RecordRun];
    waiting.put([
      fetched(0, [3]),
      {
        topic: 't',
        partition: 1,
        runs: [good, broken(14), ...fetched(1, [2]).runs],
        nextOffset: 40,
        end: 40,
      },
    ]);
    const told: unknown[] = [];
    const give = () => waiting.give(100, ({ partition }, from) => told.push([partition, from]));
    expect(give()).toMatchObject([
      { partition: 0, more: false },
      { partition: 1, nextOffset: 14, more: true },
    ]);
    expect(told).toEqual([]);
    expect(give).toThrow(expect.objectContaining({ code: 'batch-corrupt' }));
    expect(told).toEqual([[1, 14]]);
    expect(waiting.empty).toBe(true);
  });

  test('however long its runs are, no more than two are unpacked and not given whole', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 9 }), fc.integer({ min: 1, max: 60 }), (all, most) => {
        const waiting = new Waiting();
        let unpacked = 0;
        let whole = 0;
        const counted = (of: Fetched): Fetched => ({
          ...of,
          runs: of.runs.map((run) => ({
            ...run,
            records: () => {
              unpacked++;
              return run
                .records()
                .map((record, i) => ({ ...record, timestamp: i + 1 === run.count ? 1 : 0 }));
            },
          })),
        });
        waiting.put(all.map((of, partition) => counted(fetched(partition, of))));
        while (!waiting.empty) {
          for (const { records } of waiting.give(most, never))
            whole += records.filter(({ timestamp }) => timestamp === 1).length;
          expect(unpacked - whole).toBeLessThanOrEqual(2);
        }
        expect(whole).toBe(all.flat().length);
      }),
    );
  });

  test('of a partition that is dropped is not given', () => {
    const waiting = new Waiting();
    waiting.put([fetched(0, [3]), fetched(1, [3])]);
    waiting.drop({ topic: 't', partition: 0 });
    expect(waiting.give(100, never)).toMatchObject([{ partition: 1 }]);
  });
});
