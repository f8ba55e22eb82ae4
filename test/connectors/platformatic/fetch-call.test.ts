import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AskedFetch,
  type FetchedPartition,
  fetchRaw,
} from '../../../connectors/platformatic/fetch-call.ts';
import { type Connection, fetchV17, Reader, Writer } from '../../../connectors/platformatic/library.ts';

const int = fc.integer({ min: -1, max: 2 ** 31 - 1 });
const natural = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const offset = fc.maxSafeNat();
const id = fc.uuid();

/** Gives the connection an answer, and gives what was asked and what was read of it. */
async function exchanged(ask: AskedFetch, answer: Buffer): Promise<{ sent: Buffer; read: unknown }> {
  let sent: Buffer = Buffer.alloc(0);
  const connection = {
    send(
      key: number,
      version: number,
      payload: () => { readonly buffer: Buffer },
      parse: (
        correlation: number,
        key: number,
        version: number,
        reader: ReturnType<typeof Reader.from>,
      ) => unknown,
      _request: boolean,
      _response: boolean,
      done: (error: unknown, of?: unknown) => void,
    ): void {
      sent = payload().buffer;
      try {
        done(null, parse(1, key, version, Reader.from(answer)));
      } catch (error) {
        done(error);
      }
    },
  };
  return { read: await fetchRaw.async(connection as unknown as Connection, ask), sent };
}

const asked: fc.Arbitrary<AskedFetch> = fc.record({
  waitMs: natural,
  minBytes: natural,
  maxBytes: natural,
  isolation: fc.constantFrom(0 as const, 1 as const),
  topics: fc
    .uniqueArray(
      fc.tuple(
        id,
        fc.array(fc.record({ partition: natural, offset, epoch: int, maxBytes: natural }), {
          maxLength: 300,
        }),
      ),
      { selector: ([topicId]) => topicId, maxLength: 4 },
    )
    .map((topics) => new Map(topics)),
});

const partition: fc.Arbitrary<Omit<FetchedPartition, 'topicId'>> = fc.record({
  partition: natural,
  errorCode: fc.integer({ min: -1, max: 200 }),
  end: offset,
  aborted: fc.array(fc.record({ producerId: offset.map(BigInt), firstOffset: offset.map(BigInt) }), {
    maxLength: 3,
  }),
  batches: fc.option(
    fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    { nil: undefined },
  ),
  diverging: fc.option(fc.record({ epoch: natural, endOffset: offset }), { nil: undefined }),
});
const topics = fc.array(fc.tuple(id, fc.array(partition, { maxLength: 200 })), { maxLength: 4 });

/** As a broker writes it. `empty`: how it says that there are no aborted transactions and no records. */
function answerOf(
  all: readonly (readonly [string, readonly Omit<FetchedPartition, 'topicId'>[]])[],
  empty: 'null' | 'none',
): Buffer {
  const writer = Writer.create().appendInt32(7).appendInt16(0).appendInt32(0);
  writer.appendArray([...all], (w, [topicId, partitions]) => {
    w.appendUUID(topicId).appendArray(
      [...partitions],
      (p, { partition: index, errorCode, end, aborted, batches, diverging }) => {
        p.appendInt32(index).appendInt16(errorCode);
        p.appendInt64(BigInt(end) + 1n)
          .appendInt64(BigInt(end))
          .appendInt64(3n);
        if (aborted.length === 0 && empty === 'null') p.appendUnsignedVarInt(0);
        else
          p.appendArray([...aborted], (a, { producerId, firstOffset }) =>
            a.appendInt64(producerId).appendInt64(firstOffset),
          );
        p.appendInt32(-1);
        p.appendUnsignedVarInt(batches === undefined ? Number(empty === 'none') : batches.length + 1);
        if (batches !== undefined) p.append(batches);
        // Tagged fields: where the logs part, and the current leader, which is for others.
        p.appendUnsignedVarInt(diverging === undefined ? 1 : 2);
        if (diverging !== undefined)
          p.appendUnsignedVarInt(0)
            .appendUnsignedVarInt(13)
            .appendInt32(diverging.epoch)
            .appendInt64(BigInt(diverging.endOffset))
            .appendUnsignedVarInt(0);
        p.appendUnsignedVarInt(1)
          .appendUnsignedVarInt(9)
          .appendInt32(5)
          .appendInt32(6)
          .appendUnsignedVarInt(0);
      },
      true,
      false,
    );
  });
  return writer.appendTaggedFields().buffer;
}

const ASKED: AskedFetch = { waitMs: 0, minBytes: 0, maxBytes: 1, isolation: 1, topics: new Map() };

describe('a fetch as bytes', () => {
  test('asks byte for byte what the library asks', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (ask) => {
        const { waitMs, minBytes, maxBytes, isolation, topics: of } = ask;
        const its = [...of].map(([topicId, partitions]) => ({
          topicId,
          partitions: partitions.map((one) => ({
            partition: one.partition,
            currentLeaderEpoch: -1,
            fetchOffset: BigInt(one.offset),
            lastFetchedEpoch: one.epoch,
            partitionMaxBytes: one.maxBytes,
          })),
        }));
        const want = fetchV17.createRequest(waitMs, minBytes, maxBytes, isolation, 0, -1, its, [], '').buffer;
        const { sent } = await exchanged(ask, answerOf([], 'none'));
        expect(sent.equals(want)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('reads what was answered', async () => {
    await fc.assert(
      fc.asyncProperty(topics, fc.constantFrom('null' as const, 'none' as const), async (all, empty) => {
        const { read } = await exchanged(ASKED, answerOf(all, empty));
        expect(read).toEqual(all.flatMap(([topicId, of]) => of.map((one) => ({ topicId, ...one }))));
      }),
      { numRuns: 100 },
    );
  });

  test('an answer that is refused, or cut off anywhere, is an error', async () => {
    const refused = Buffer.concat([Buffer.alloc(4), Buffer.from([0, 29]), Buffer.alloc(6)]);
    await expect(exchanged(ASKED, refused)).rejects.toThrow();
    const one = {
      partition: 1,
      errorCode: 0,
      end: 9,
      aborted: [],
      batches: Buffer.from('abc'),
      diverging: undefined,
    };
    const whole = answerOf([['00010203-0405-0607-0809-0a0b0c0d0e0f', [one]]], 'none');
    expect((await exchanged(ASKED, whole)).read).toHaveLength(1);
    for (let length = 0; length < whole.length - 1; length++)
      await expect(exchanged(ASKED, whole.subarray(0, length)), `${length} bytes`).rejects.toThrow();
  });
});
