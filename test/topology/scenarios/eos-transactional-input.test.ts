import { afterEach, describe, expect, test } from 'vitest';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { text } from '../../../topology/model/codec.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { TransactionPort } from '../../../topology/ports/kafka-driver.ts';
import { Engine } from '../runtime/engine.ts';
import { violations } from '../runtime/exactly-once.ts';
import { lines, listing, sums, words, wordsOf } from '../runtime/small-topologies.ts';

let engine: Engine;
afterEach(() => engine.stop());

/** A producer of the input that writes in transactions. */
async function producer(): Promise<TransactionPort> {
  const options = { transactionalId: 'hospital', timeout: seconds(60) };
  const transactions = new MemoryDriver(engine.broker).transactions(options);
  await transactions.init();
  return transactions;
}

async function send(transactions: TransactionPort, values: readonly string[]): Promise<void> {
  transactions.begin();
  await transactions.send(
    lines.name,
    values.map((value) => ({ key: null, value: text.encode(value), timestamp: 1, partition: 0 })),
  );
}

const startEngine = (): void => {
  engine = new Engine(listing(), { partitions: 1, limits: { pollRecords: 2 } });
  engine.start('a');
};

const found = (...values: readonly string[]): string[] =>
  violations({
    fed: values.flatMap(wordsOf),
    words: engine.records(words.name),
    sums: engine.records(sums.name),
  });

const end = (): number => engine.broker.log({ topic: lines.name, partition: 0 }).end;
const committed = (): number => engine.committed().get(`${lines.name}/0`)?.offset ?? 0;

describe('EosIntegrationTest.shouldCommitCorrectOffsetIfInputTopicIsTransactional', () => {
  test('the committed offset passes the control record behind the last record', async () => {
    startEngine();
    const transactions = await producer();
    await send(transactions, ['a:1', 'b:1', 'a:2']);
    await transactions.commit();
    await engine.drained();
    // Three records and the marker.
    expect(end()).toBe(4);
    expect(committed()).toBe(4);
    expect(found('a:1', 'b:1', 'a:2')).toEqual([]);
  });

  test('aborted input is never processed, and the committed offset passes it and its control record', async () => {
    startEngine();
    const transactions = await producer();
    await send(transactions, ['a:1']);
    await transactions.commit();
    await send(transactions, ['a:void', 'z:void']);
    await transactions.abort();
    await engine.drained();
    expect(end()).toBe(5);
    expect(committed()).toBe(5);
    await send(transactions, ['a:2']);
    await transactions.commit();
    engine.produce(lines.name, ['a:3']);
    await engine.drained();
    expect(committed()).toBe(end());
    expect(found('a:1', 'a:2', 'a:3')).toEqual([]);
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2,a:3' });
  });

  test('a log of nothing but aborted input leaves no lag', async () => {
    startEngine();
    const transactions = await producer();
    for (let i = 0; i < 5; i++) {
      await send(transactions, ['a:void', 'b:void']);
      await transactions.abort();
    }
    await engine.drained();
    expect(committed()).toBe(15);
    expect(engine.records(words.name)).toEqual([]);
  });

  test('input behind a transaction that is open waits for its end, whichever it is', async () => {
    startEngine();
    const transactions = await producer();
    engine.produce(lines.name, ['a:1']);
    await send(transactions, ['a:void']);
    engine.produce(lines.name, ['a:2', 'b:2']);
    while (committed() < 1) await engine.broker.changed(1);
    const polls = engine.driver('a')?.polls ?? 0;
    while ((engine.driver('a')?.polls ?? 0) < polls + 5) await engine.broker.changed(1);
    expect(engine.texts(sums.name)).toEqual(['a -> 1=a:1']);
    expect(committed()).toBe(1);
    await transactions.abort();
    await engine.drained();
    expect(found('a:1', 'a:2', 'b:2')).toEqual([]);
    expect(committed()).toBe(end());
  });

  test('a restarted worker begins behind the control records and reads none of it again', async () => {
    startEngine();
    const transactions = await producer();
    await send(transactions, ['a:1']);
    await transactions.commit();
    await send(transactions, ['a:void']);
    await transactions.abort();
    await engine.drained();
    engine.kill('a');
    engine.start('b');
    await send(transactions, ['a:2']);
    await transactions.commit();
    await engine.drained();
    expect(found('a:1', 'a:2')).toEqual([]);
    expect(committed()).toBe(end());
  });
});
