import { beforeEach, describe, expect, test } from 'vitest';
import {
  type NumberedBatch,
  Producing,
  sendFits,
  written,
} from '../../../connectors/kafka-client/producing.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { type Appended, partitionKey } from '../../../topology/ports/kafka-driver.ts';

const record = (partition: number, value = 'x'): OutgoingRecord => ({
  key: null,
  value: Buffer.from(value),
  timestamp: 0,
  partition,
});

/** Partition p of each topic is led by node p. */
const leaders = {
  topic: async () => ({ leaders: [0, 1] }),
  keyedPartitions: async () => 2,
  told: <R>(work: () => Promise<R>): Promise<R> => work(),
};

let producing: Producing;
/** `node: topic/partition@sequence xN`, one list for each request. */
let requests: string[];

beforeEach(() => {
  producing = new Producing(leaders, systemClock, true);
  producing.identify(7n, 0);
  requests = [];
});

async function send(
  sends: readonly (readonly [string, readonly OutgoingRecord[]])[],
  refuse: (node: number, times: number) => boolean = () => false,
): Promise<ReadonlyMap<string, readonly Appended[]>> {
  const asked = new Map<number, number>();
  const write = async (node: number, batches: readonly NumberedBatch[]) => {
    const times = (asked.get(node) ?? 0) + 1;
    asked.set(node, times);
    const of = batches.map((batch) => `${partitionKey(batch)}@${batch.sequence} x${batch.records.length}`);
    requests.push(`${node}: ${of.join(', ')}`);
    if (refuse(node, times)) throw new StreamsError('broker-unavailable', 'As planned.');
    return new Map(batches.map((batch) => [partitionKey(batch), { offset: 100 + batch.sequence }]));
  };
  return producing.send(await producing.byPartition(new Map(sends)), write);
}

describe('batches', () => {
  test('of several topics go to a leader with one request, each under numbers of its own', async () => {
    const appended = await send([
      ['a', [record(0), record(1)]],
      ['b', [record(0), record(0)]],
    ]);
    expect(requests).toEqual(['0: a/0@0 x1, b/0@0 x2', '1: a/1@0 x1']);
    expect(appended).toMatchObject(
      new Map([
        [
          'a',
          [
            { partition: 0, offset: 100 },
            { partition: 1, offset: 100 },
          ],
        ],
        ['b', [{ partition: 0, offset: 100 }]],
      ]),
    );
    await send([['b', [record(0)]]]);
    expect(requests.at(-1)).toBe('0: b/0@2 x1');
  });

  test('that a leader refuses for a moment go again alone, under the same numbers', async () => {
    const appended = await send(
      [
        ['a', [record(0), record(1)]],
        ['b', [record(1)]],
      ],
      (node, times) => node === 1 && times === 1,
    );
    expect(requests).toEqual(['0: a/0@0 x1', '1: a/1@0 x1, b/1@0 x1', '1: a/1@0 x1, b/1@0 x1']);
    const told = [...appended].map(([topic, runs]) => [
      topic,
      runs.map(({ partition, resent }) => [partition, resent]),
    ]);
    expect(told).toEqual([
      [
        'a',
        [
          [0, undefined],
          [1, true],
        ],
      ],
      ['b', [[1, true]]],
    ]);
  });

  test('that are too large for one request of a partition follow in a second', async () => {
    const large = record(0, 'x'.repeat(600_000));
    await send([
      ['a', [large, large]],
      ['b', [record(0)]],
    ]);
    expect(requests).toEqual(['0: a/0@0 x1, b/0@0 x1', '0: a/0@1 x1']);
  });
});

test('sends go together that are of different topics', () => {
  expect([sendFits(['a', []], []), sendFits(['a', []], [['b', []]])]).toEqual([true, true]);
  expect(
    sendFits(
      ['a', []],
      [
        ['b', []],
        ['a', []],
      ],
    ),
  ).toBe(false);
});

test('a time beside an offset is the broker’s, where the records do not bear their own', () => {
  expect(written(7n, -1n)).toEqual({ offset: 7 });
  expect(written('7', '1764460800000')).toEqual({ offset: 7, appendTime: 1_764_460_800_000 });
});
