import { mergeMap } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import { store } from '../../../topology/model/store.ts';
import { topic } from '../../../topology/model/topic.ts';
import { type TopologyTestDriver, topologyTestDriver } from '../../../topology/testing/testing.ts';
import { length, lines, list, listing, lists, sums, touchy, wordsOf } from '../runtime/small-topologies.ts';

let driver: TopologyTestDriver;
afterEach(() => driver.close());

const lettersOf = (given: TopologyTestDriver): string[] =>
  given.deadLetters().map(({ step, reason, detail }) => `${step} ${reason} ${detail}`);

describe('what goes wrong with one record stays with it', () => {
  test('a record whose bytes no codec reads, in the middle of a transaction', async () => {
    driver = topologyTestDriver(listing());
    await driver.pipeAll(lines, [{ value: 'a:1' }, { bytes: text.encode('unreadable') }, { value: 'a:2' }]);
    await driver.run();
    expect(driver.readValues(sums)).toEqual(['1=a:1', '2=a:1,a:2']);
    const [letter, ...rest] = driver.deadLetters();
    expect(rest).toEqual([]);
    expect(letter).toMatchObject({ reason: 'step-failed', step: 'lines', topic: 't.lines', offset: 1 });
    expect(letter?.value).toEqual(text.encode('unreadable'));
  });

  test('a step that throws for one patient only, and what the record had changed is taken back', async () => {
    driver = topologyTestDriver(
      listing({
        length: (state, record) => {
          if (record.key === 'b') throw new TypeError('b is not understood');
          return length(state, record);
        },
      }),
      { partitions: 2 },
    );
    await driver.pipeAll(lines, [{ value: 'a:1 b:1' }, { value: 'b:2' }, { value: 'a:2' }]);
    await driver.run();
    expect(driver.readToMap(sums)).toEqual(new Map([['a', '2=a:1,a:2']]));
    expect(lettersOf(driver).map((letter) => letter.slice(0, 18))).toEqual([
      'length step-failed',
      'length step-failed',
    ]);
    // The step before it had listed the word already.
    expect(driver.state(lists, 'b')).toBeUndefined();
  });

  test('a state that its codec does not write', async () => {
    driver = topologyTestDriver(
      listing({
        list: (state, { value }) => [value === 'a:2' ? 'unwritable' : `${state ?? ''}${value}`, [value]],
      }),
    );
    await driver.pipeAll(lines, [{ value: 'a:1 b:1 a:2 a:3' }]);
    await driver.run();
    expect(driver.state(lists, 'a')).toBe('a:1a:3');
    expect(driver.readValues(sums)).toEqual(['1=a:1', '1=b:1', '2=a:3']);
    expect(lettersOf(driver)).toHaveLength(1);
  });

  test('an output that its codec does not write', async () => {
    driver = topologyTestDriver(
      listing({
        list: (state, record) => (record.value === 'a:2' ? ['x', ['unwritable']] : list(state, record)),
      }),
    );
    await driver.pipeAll(lines, [{ value: 'a:1 a:2 a:3' }]);
    await driver.run();
    expect(driver.readValues(sums)).toEqual(['1=a:1', '2=a:1,a:3']);
    expect(lettersOf(driver)).toHaveLength(1);
  });

  test('a dead letter is written once, also when its transaction is aborted first', async () => {
    driver = topologyTestDriver(listing());
    driver.abort();
    await driver.pipe(lines, { bytes: text.encode('unreadable') });
    await driver.run();
    expect(driver.aborted()).toHaveLength(1);
    expect(driver.deadLetters()).toHaveLength(1);
  });
});

describe('what the test driver refuses', () => {
  test('a topology that is not valid, with every fault at once', () => {
    driver = topologyTestDriver(listing());
    const twice = topology('twice')
      .source('lines', [lines])
      .stage(
        'lines',
        mergeMap(({ value }) => wordsOf(value)),
      )
      .to('lines', sums, { key: (word) => word });
    expect(() => topologyTestDriver(twice)).toThrow(
      expect.objectContaining({
        code: 'topology-invalid',
        message: expect.stringContaining('lines') as string,
      }),
    );
  });

  test('a topic or a store that the topology does not have', async () => {
    driver = topologyTestDriver(listing());
    const elsewhere = topic('elsewhere', text);
    await expect(driver.pipe(elsewhere, { value: 'x' })).rejects.toThrow(
      /reads no topic elsewhere; it reads t\.lines, t\.words/,
    );
    await expect(driver.pipe(sums, { value: 'x' })).rejects.toThrow(/reads no topic t\.sums/);
    expect(() => driver.read(elsewhere)).toThrow(/writes no topic elsewhere; it writes t\.words/);
    expect(() => driver.state(store('none', touchy, 1), 'a')).toThrow(/no store none; it has lists, lengths/);
  });

  test('values of which one cannot be encoded: then none is piped', async () => {
    driver = topologyTestDriver(listing());
    await expect(driver.pipeAll(lines, [{ value: 'a:1' }, { value: 'unwritable' }])).rejects.toThrow(
      'this does not fit',
    );
    await driver.run();
    expect(driver.read(sums)).toEqual([]);
  });

  test.for([0, -1, 1.5, Number.NaN])('%d partitions or instances', (count) => {
    driver = topologyTestDriver(listing());
    const refused = expect.objectContaining({ code: 'configuration' });
    expect(() => topologyTestDriver(listing(), { partitions: count })).toThrow(refused);
    expect(() => topologyTestDriver(listing(), { instances: count })).toThrow(refused);
  });

  test('a snapshot store that never answers: the run ends with an error and not never', async () => {
    const silentStore = {
      load: () => new Promise<never>(() => {}),
      save: () => new Promise<never>(() => {}),
      nextEpoch: () => new Promise<never>(() => {}),
      drop: () => new Promise<never>(() => {}),
    };
    driver = topologyTestDriver(listing());
    const hung = topologyTestDriver(listing(), { snapshots: silentStore });
    await hung.pipe(lines, { value: 'a:1' });
    await expect(hung.run()).rejects.toThrow(expect.objectContaining({ code: 'not-settled' }));
  });
});
