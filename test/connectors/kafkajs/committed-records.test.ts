import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';
import type { Read } from '../../../connectors/kafka-client/reads.ts';
import { type Aborted, committedRecords } from '../../../connectors/kafkajs/committed-records.ts';
import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import type { Message, RecordBatch } from '../../../connectors/kafkajs/library.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { text } from '../../../topology/model/codec.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { TransactionPort } from '../../../topology/ports/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

/** The filter that the library's own consumer reads with. */
type LibraryFilter = (of: {
  readonly messages: readonly (Message & { readonly batchContext: RecordBatch })[];
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
}) => readonly Message[];
const loaded: unknown = createRequire(import.meta.url)('kafkajs/src/consumer/filterAbortedMessages');
const libraryFilter = loaded as LibraryFilter;

type Step = readonly [producer: number, what: 'send' | 'commit' | 'abort'];

/** A partition as a broker would hold it: its batches, its list of aborted transactions by their ends, what is committed. */
class Log {
  readonly batches: RecordBatch[] = [];
  readonly aborted: (Aborted & { readonly end: number })[] = [];
  readonly #open = new Map<number, number[]>();
  readonly #committed: number[] = [];
  readonly #key: Buffer | null;
  #next = 0;

  /** `key`: of every record. */
  constructor(steps: readonly Step[], key: Buffer | null = null) {
    this.#key = key;
    for (const [producer, what] of steps) {
      if (what === 'send') this.#send(producer);
      else this.#end(producer, what === 'commit');
    }
    for (const producer of this.#open.keys()) this.#end(producer, producer % 2 === 0);
  }

  get committed(): readonly number[] {
    return this.#committed.toSorted((a, b) => a - b);
  }

  #send(producer: number): void {
    const open = this.#open.get(producer) ?? [];
    this.#open.set(producer, open);
    open.push(this.#append(producer, this.#key, false));
  }

  #end(producer: number, commit: boolean): void {
    const open = this.#open.get(producer) ?? [];
    if (open.length === 0) return;
    this.#open.set(producer, []);
    const end = this.#append(producer, Buffer.from([0, 0, 0, commit ? 1 : 0]), true);
    if (commit) this.#committed.push(...open);
    else this.aborted.push({ producerId: String(producer), firstOffset: open[0] ?? 0, end });
  }

  #append(producer: number, key: Buffer | null, isControlBatch: boolean): number {
    const offset = this.#next++;
    const record = { offset: String(offset), timestamp: '0', key, value: null, headers: {} };
    this.batches.push({
      firstOffset: String(offset),
      lastOffsetDelta: 0,
      partitionLeaderEpoch: 0,
      producerId: String(producer),
      inTransaction: true,
      isControlBatch,
      records: [record],
    });
    return offset;
  }
}

const offsetsOf = ({ runs }: Pick<Read, 'runs'>): readonly number[] =>
  runs.flatMap((run) => run.records().map(({ offset }) => offset));

const ours = ({ batches, aborted }: Log): readonly number[] =>
  offsetsOf(committedRecords(batches, 0, aborted));

const theirs = ({ batches, aborted }: Log): readonly number[] => {
  const messages = batches.flatMap((batch) =>
    batch.records.map((record) => ({ ...record, batchContext: batch, control: batch.isControlBatch })),
  );
  const abortedTransactions = aborted.map((one) => ({ ...one, firstOffset: String(one.firstOffset) }));
  const control = new Set(messages.filter((one) => one.control).map(({ offset }) => offset));
  return libraryFilter({ messages, abortedTransactions })
    .filter(({ offset }) => !control.has(offset))
    .map(({ offset }) => Number(offset));
};

const schedules = fc.array(
  fc.tuple(
    fc.nat({ max: 3 }),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('send' as const) },
      { weight: 1, arbitrary: fc.constantFrom('commit' as const, 'abort' as const) },
    ),
  ),
  { minLength: 20, maxLength: 120 },
);

describe('aborted records of interleaved producers', () => {
  test('are never read, and of the committed ones all are', () => {
    fc.assert(
      fc.property(schedules, (steps) => {
        const log = new Log(steps);
        expect(ours(log)).toEqual(log.committed);
      }),
      { numRuns: 500 },
    );
  });

  test('are read from any offset on as from the first', () => {
    fc.assert(
      fc.property(schedules, fc.nat({ max: 60 }), (steps, from) => {
        const { batches, aborted, committed } = new Log(steps);
        // The broker gives the transactions that end behind the offset, also those that began before it.
        const given = aborted.filter(({ end }) => end >= from);
        const fetched = batches.slice(from);
        const read = committedRecords(fetched, from, given);
        expect(offsetsOf(read)).toEqual(committed.filter((offset) => offset >= from));
        expect(read.nextOffset).toBe(Math.max(from, batches.length));
      }),
      { numRuns: 300 },
    );
  });

  test("leak through the library's own filter, of two producers of which the first to begin is the last to end", () => {
    const log = new Log([
      [1, 'send'],
      [3, 'send'],
      [3, 'abort'],
      [1, 'abort'],
    ]);
    expect(theirs(log)).toEqual([0]);
    expect(ours(log)).toEqual([]);
    // A key that looks like a marker's ends the transaction for it.
    const keyed = new Log(
      [
        [1, 'send'],
        [1, 'send'],
        [1, 'abort'],
      ],
      Buffer.alloc(4),
    );
    expect(theirs(keyed)).toEqual([0, 1]);
    expect(ours(keyed)).toEqual([]);
    const leaking = fc.sample(schedules, { numRuns: 200, seed: 1 }).filter((steps) => {
      const one = new Log(steps);
      return theirs(one).some((offset) => !one.committed.includes(offset));
    });
    expect(leaking.length).toBeGreaterThan(100);
  });

  test('a step over a batch that compaction has emptied goes on behind it', () => {
    const { batches } = new Log([[0, 'send']]);
    const emptied = batches.map((batch) => ({ ...batch, records: [], lastOffsetDelta: 4 }));
    expect(committedRecords(emptied.slice(0, 1), 0, [])).toEqual({ runs: [], nextOffset: 5, epoch: 0 });
  });
});

const kafka = useServer(() => kafkaServer());

describe('on a real broker', () => {
  test("the library's own consumer delivers an aborted record, and this driver does not", async () => {
    const { bootstrap } = kafka();
    const access = {
      clientId: 'leak',
      bootstrap: [bootstrap],
      requestTimeout: 10_000,
      connectTimeout: 3_000,
    };
    const driver = new KafkaJsDriver(access, systemClock);
    // What the library lets through depends on how the broker cuts its answers: it is asked until it does, and this driver each time.
    for (let leaked = false; !leaked; ) {
      const topic = `leak-${randomUUID()}`;
      await driver.admin().createTopics([{ name: topic, partitions: 1 }]);
      const record = (value: string) => [
        { key: null, value: text.encode(value), timestamp: systemClock.now() },
      ];
      const producer = async (): Promise<TransactionPort> => {
        const port = driver.transactions({ transactionalId: `leak-${randomUUID()}`, timeout: seconds(30) });
        await port.init();
        port.begin();
        return port;
      };
      const [first, second] = [await producer(), await producer()];
      await first.send(topic, record('aborted by the first'));
      await second.send(topic, record('aborted by the second'));
      await second.abort();
      await first.abort();
      await driver.producer().send(topic, record('last'));

      const seen: string[] = [];
      const library = new kafkajs.Kafka({
        clientId: 'leak',
        brokers: [bootstrap],
        logLevel: kafkajs.logLevel.NOTHING,
      });
      const consumer = library.consumer({ groupId: `leak-${randomUUID()}` });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const last = Promise.withResolvers<void>();
      await consumer.run({
        eachMessage: async ({ message }) => {
          seen.push(String(message.value));
          if (seen.at(-1) === 'last') last.resolve();
        },
      });
      await last.promise;
      await consumer.disconnect();
      leaked = seen.includes('aborted by the first');

      const read: string[] = [];
      const at = { topic, partition: 0 };
      const { end } = await driver.admin().offsets(at);
      await driver.read(at, 0, end, ({ records }) =>
        read.push(...records.map(({ value }) => text.decode(value ?? new Uint8Array()))),
      );
      expect(read).toEqual(['last']);
    }
    await driver.close();
  });
});
