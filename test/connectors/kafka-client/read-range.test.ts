import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fetching } from '../../../connectors/kafka-client/fetching.ts';
import { readRange } from '../../../connectors/kafka-client/read-range.ts';
import type { RecordRun } from '../../../connectors/kafka-client/reads.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import type { Batch } from '../../../topology/ports/kafka-driver.ts';

const AT = { topic: 't', partition: 0 };

interface Log {
  readonly runs: readonly RecordRun[];
  readonly end: number;
}

/** A log of runs of so many records each; behind each of them it has an offset without one. `broken`: the run that cannot be unpacked. */
function logOf(counts: readonly number[], broken?: number): Log {
  let end = 0;
  const runs = counts.map((count, n): RecordRun => {
    const from = end;
    end += count + 1;
    const records = Array.from({ length: count }, (_, i) => ({
      offset: from + i,
      timestamp: 0,
      key: null,
      value: null,
    }));
    return {
      from,
      count,
      records: () => {
        if (n === broken) throw new StreamsError('batch-corrupt', 'As planned.');
        return records;
      },
    };
  });
  return { runs, end };
}

/** What is given of the log when an answer holds so many runs at most. */
async function given(
  { runs, end }: Log,
  from: number,
  to: number,
  perAnswer: number,
  batches: Batch[] = [],
): Promise<Batch[]> {
  const leaders = {
    topic: () => Promise.resolve({ leaders: [1] }),
    told: <R>(work: () => Promise<R>) => work(),
    forget: () => {},
  };
  const fetching = new Fetching(leaders, systemClock, async (_node, positions) => {
    // An answer never comes at once.
    await setImmediate();
    return positions.map((position) => {
      // As a broker answers: beginning with the run that holds the offset.
      const first = runs.findIndex((run) => run.from + run.count >= position.offset);
      const found = first < 0 ? [] : runs.slice(first, first + perAnswer);
      const nextOffset = runs[first + perAnswer]?.from ?? end;
      const cut = found.map((run) => ({
        ...run,
        records: () => run.records().filter(({ offset }) => offset >= position.offset),
      }));
      const of = {
        runs: first < 0 ? [] : cut,
        nextOffset: first < 0 ? end : nextOffset,
        end,
        bytes: 1,
        epoch: 0,
      };
      return { position, of };
    });
  });
  await readRange(
    fetching,
    () => Promise.resolve(end),
    AT,
    from,
    to,
    (batch) => batches.push(batch),
  );
  return batches;
}

const offsets = (batches: readonly Batch[]): number[] =>
  batches.flatMap(({ records }) => records.map(({ offset }) => offset));

describe('a range of a partition', () => {
  test('is given once and in order, whatever runs and answers it comes in, and each batch says where it ends', async () => {
    const counts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(
      counts,
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 9 }),
      async (sizes, a, b, perAnswer) => {
        const log = logOf(sizes);
        const [from = 0, to = 0] = [a % log.end, b % (log.end + 1)].toSorted((x, y) => x - y);
        const batches = await given(log, from, to, perAnswer);
        const all = log.runs.flatMap((run) => run.records().map(({ offset }) => offset));
        expect(offsets(batches)).toEqual(all.filter((offset) => offset >= from && offset < to));
        for (const [i, { records, nextOffset }] of batches.entries()) {
          expect(nextOffset).toBeGreaterThan(records.at(-1)?.offset ?? Number.POSITIVE_INFINITY);
          expect(nextOffset).toBeLessThanOrEqual(Math.min(to, batches[i + 1]?.records[0]?.offset ?? to));
        }
      },
    );
    await fc.assert(property);
  });

  test('written record by record is given hundreds at a time', async () => {
    const log = logOf(Array.from({ length: 1_200 }, () => 1));
    const batches = await given(log, 0, log.end, 10_000);
    expect(batches.map(({ records }) => records.length)).toEqual([500, 500, 200]);
  });

  test('is given up to what cannot be unpacked, and that is said', async () => {
    const log = logOf([1, 2, 3, 4], 2);
    const batches: Batch[] = [];
    const [first] = await given(logOf([1, 2]), 0, 5, 9);
    await expect(given(log, 0, log.end, 9, batches)).rejects.toMatchObject({ code: 'batch-corrupt' });
    expect(batches).toEqual([first]);
  });
});
