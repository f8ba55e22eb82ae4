import { randomBytes, randomUUID } from 'node:crypto';
import { compressionsAlgorithms } from '@platformatic/kafka';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBatches } from '../../../connectors/kafkajs/decode-batches.ts';
import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import { lz4Decompressed } from '../../../connectors/kafkajs/lz4.ts';
import { snappyDecompressed } from '../../../connectors/kafkajs/snappy.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { encodeBatch } from '../../../connectors/platformatic/encode-batch.ts';
import { text } from '../../../topology/model/codec.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

const DECODERS = { lz4: lz4Decompressed, snappy: snappyDecompressed };

/** Bytes with repetitions of every length and distance, and without any. */
const contents: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat({ max: 255 }), fc.nat({ max: 3_000 })).map(([byte, n]) => new Uint8Array(n).fill(byte)),
      fc
        .constantFrom('Observation', '"valueQuantity":', '2026-01-01T00:00:00Z')
        .map((word) => text.encode(word)),
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.concat(parts))
  // Of no bytes the library's compressor throws once its memory has grown; nobody sends such a batch.
  .filter(({ length }) => length > 0);

const LARGE = Buffer.from(
  Array.from({ length: 40_000 }, (_, i) => `{"id":"${i}","code":"${(i * i) % 97}"}`).join('\n'),
);

describe.each(['lz4', 'snappy'] as const)('what was compressed with %s', (codec) => {
  const { compressSync } = compressionsAlgorithms[codec];
  const decompressed = DECODERS[codec];

  test('comes out as it went in', () => {
    fc.assert(
      fc.property(contents, (bytes) => {
        expect(decompressed(compressSync(bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
    for (const bytes of [LARGE, randomBytes(3_000_000), Buffer.alloc(5_000_000)])
      expect(decompressed(compressSync(bytes)).equals(bytes)).toBe(true);
  });

  test('and cut off or changed is refused, or other bytes; never a hang, nor memory without end', () => {
    const whole = compressSync(LARGE.subarray(0, 50_000));
    for (let cut = 1; cut < whole.length; cut += 97) {
      const outcome = (): Buffer => decompressed(Buffer.from(whole.subarray(0, cut)));
      expect(() => outcome()).toThrow(RangeError);
    }
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        try {
          expect(decompressed(changed).length).toBeLessThan(1 << 30);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

const xerial = (...blocks: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
    ...blocks.flatMap((block) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(block.length);
      return [length, block];
    }),
  ]);

test("Snappy's blocks in the frame of Java's library are read one behind the other", () => {
  const { compressSync } = compressionsAlgorithms.snappy;
  const parts = [LARGE.subarray(0, 32_768), LARGE.subarray(32_768, 50_000)];
  expect(snappyDecompressed(xerial(...parts.map((part) => compressSync(part))))).toEqual(
    Buffer.concat(parts),
  );
});

test('a batch whose checksum does not fit is refused, and one that is cut off is left', async () => {
  const record = { key: null, value: text.encode('x'), timestamp: 1 };
  const producer = { producerId: -1n, epoch: -1, sequence: -1, transactional: false };
  const batch = encodeBatch([record], producer, 'none');
  const two = Buffer.concat([batch, batch]);
  expect(await decodeBatches(two)).toHaveLength(2);
  expect(await decodeBatches(two.subarray(0, -1))).toHaveLength(1);
  two[two.length - 2] = 0xff;
  // What stands before it comes first.
  expect(await decodeBatches(two)).toHaveLength(1);
  await expect(decodeBatches(two.subarray(batch.length))).rejects.toMatchObject({ code: 'batch-corrupt' });
});

const kafka = useServer(() => kafkaServer());

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
  'records that another client has written with codec %s are read',
  async (codec) => {
    const access = {
      clientId: 'codecs',
      bootstrap: [kafka().bootstrap],
      requestTimeout: 10_000,
      connectTimeout: 3_000,
    };
    const [writes, reads] = [
      new PlatformaticDriver(access, systemClock, codec),
      new KafkaJsDriver(access, systemClock),
    ];
    const topic = `codec-${randomUUID()}`;
    await reads.admin().createTopics([{ name: topic, partitions: 1 }]);
    const values = Array.from({ length: 500 }, (_, i) => `{"resourceType":"Observation","id":"${i}"}`);
    const records = values.map((value) => ({ key: null, value: text.encode(value), timestamp: 1 }));
    await writes.producer().send(topic, records);
    const seen: string[] = [];
    await reads.read({ topic, partition: 0 }, 0, 500, (batch) =>
      seen.push(...batch.records.map(({ value }) => text.decode(value ?? new Uint8Array()))),
    );
    expect(seen).toEqual(values);
    await Promise.all([writes.close(), reads.close()]);
  },
);
