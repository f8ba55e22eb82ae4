import { map, mergeMap, scan } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { text } from '../../../topology/model/codec.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { type Headers, headerText } from '../../../topology/model/record.ts';
import { DEAD_LETTERS, Engine } from './engine.ts';
import { length, lines, list, listing, type Parts, sums, words, wordsOf } from './small-topologies.ts';

let engine: Engine;
afterEach(() => engine.stop());

async function ran(parts: Parts, ...values: readonly string[]): Promise<Engine> {
  engine = new Engine(listing(parts), { partitions: 1 });
  engine.start();
  engine.produce(lines.name, values);
  await engine.drained();
  return engine;
}

/** Reason, step and bytes of every dead letter. */
const letters = (): string[] =>
  engine
    .records(DEAD_LETTERS)
    .map(
      ({ headers, value }) =>
        `${headerText(headers, '__streams.errors.reason')} in ${headerText(headers, '__streams.errors.step')}: ${value === null ? null : text.decode(value)}`,
    );

const throwing = (cause: unknown): never => {
  throw cause;
};

describe('a record whose step throws', () => {
  test('becomes a dead letter, while records of other keys before and after it go through', async () => {
    await ran(
      {
        list: (state, record) => (record.key === 'bad' ? throwing(new TypeError('x')) : list(state, record)),
      },
      'a:1 bad:1 b:1',
      'a:2 bad:2',
    );
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2', b: 'b:1' });
    expect(engine.texts(sums.name)).toEqual(['a -> 1=a:1', 'b -> 1=b:1', 'a -> 2=a:1,a:2']);
    expect(letters()).toEqual(['step-failed in list: bad:1', 'step-failed in list: bad:2']);
  });

  test('leaves key, value and all headers as they were received, and says where it stood but no message', async () => {
    engine = new Engine(listing({ split: map(() => throwing(new RangeError('MRN 4711'))) }), {
      partitions: 2,
    });
    engine.start();
    const key = Uint8Array.of(0xff, 0x00, 0xfe);
    const headers: Headers = { 'sepsis-arrival': text.encode('12'), raw: Uint8Array.of(0xff, 1) };
    engine.produce(lines.name, ['first'], { partition: 1 });
    engine.produce(lines.name, ['second'], { partition: 1, key, headers });
    await engine.drained();
    const letter = engine.records(DEAD_LETTERS).find(({ key: found }) => found !== null);
    expect(letter?.key).toEqual(key);
    expect(letter?.value).toEqual(text.encode('second'));
    expect(letter?.headers).toMatchObject(headers);
    const said = Object.entries(letter?.headers ?? {}).filter(([name]) => name.startsWith('__'));
    expect(Object.fromEntries(said.map(([name, bytes]) => [name, text.decode(bytes)]))).toEqual({
      '__streams.errors.exception': 'DeadLetter',
      '__streams.errors.message': 'RangeError in split',
      '__streams.errors.topic': lines.name,
      '__streams.errors.partition': '1',
      '__streams.errors.offset': '1',
      '__streams.errors.reason': 'step-failed',
      '__streams.errors.step': 'split',
    });
  });

  test('has changed no state when the second fold of a chain throws after the first changed its own', async () => {
    await ran(
      {
        length: (state, record) =>
          record.value.endsWith('!') ? throwing(new Error('x')) : length(state, record),
      },
      'a:1 a:2! a:3',
    );
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:3' });
    expect(engine.texts(sums.name)).toEqual(['a -> 1=a:1', 'a -> 2=a:1,a:3']);
    expect(letters()).toEqual(['step-failed in length: a:2!']);
  });

  test('takes a new key away again, and gives a forgotten one back', async () => {
    await ran(
      {
        list: (state, record) =>
          record.value.startsWith('a:forget') ? [undefined, [record.value]] : list(state, record),
        length: (state, record) =>
          record.value.endsWith('!') ? throwing(new Error('x')) : length(state, record),
      },
      'a:1 b:new! a:forget! c:1 c:2!',
    );
    expect(engine.state('lists')).toEqual({ a: 'a:1', c: 'c:1' });
    expect(engine.state('lengths')).toEqual({ a: '1', c: '1' });
    engine.produce(lines.name, ['a:forget']);
    await engine.drained();
    expect(engine.state('lists')).toEqual({ c: 'c:1' });
  });

  test('keeps the outputs that it had given before it threw to itself', async () => {
    await ran({ list: (_, { value }) => [value, [value, `${value}-unwritable`]] }, 'a:1 b:1');
    expect(engine.texts(sums.name)).toEqual([]);
    expect(engine.state('lists')).toEqual({});
    expect(letters()).toEqual(['step-failed in sums: a:1', 'step-failed in sums: b:1']);
  });

  test('is undone by a state that cannot be written, and the next record finds the old state', async () => {
    await ran(
      { list: (state, { value }) => [value.endsWith('2') ? 'unwritable' : `${state ?? ''}${value}`, []] },
      'a:1 a:2 a:3',
    );
    expect(engine.state('lists')).toEqual({ a: 'a:1a:3' });
    expect(letters()).toEqual(['step-failed in list: a:2']);
  });

  test('in an RxJS stage does not end the stage, however often; nothing of that record is written', async () => {
    const bad = Array.from({ length: 50 }, (_, i) => `a:${i} bad`);
    await ran(
      {
        split: mergeMap(({ value }) =>
          wordsOf(value).map((word) => (word === 'bad' ? throwing(new Error('x')) : word)),
        ),
      },
      'a:first',
      ...bad,
      'a:last',
    );
    expect(engine.state('lists')).toEqual({ a: 'a:first,a:last' });
    expect(letters()).toHaveLength(50);
  });

  test('behind a stage does not end the stage, and what the stage still had to say of it is dropped', async () => {
    await ran({}, 'a:1 a:unwritable a:2', 'b:1');
    expect(engine.texts(words.name)).toEqual(['b -> b:1']);
    expect(letters()).toEqual(['step-failed in by-key: a:1 a:unwritable a:2']);
  });
});

describe('a stage whose operator completes', () => {
  test('is set up anew for the next record', async () => {
    const once = scan((words: string, { value }: { value: string | null }) => `${words}${value}`, '');
    await ran(
      {
        split: (source) =>
          source.pipe(
            once,
            mergeMap((value) => [value]),
          ),
      },
      'a:1',
      '2',
    );
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:12' });
  });
});

describe('a record that cannot be read', () => {
  test.each([
    ['a codec that throws anything', new RangeError('x'), 'step-failed'],
    ['bytes that are no Avro', new StreamsError('avro-unreadable', 'x'), 'avro-unreadable'],
    ['a schema that is not known', new StreamsError('unknown-schema', 'x'), 'unknown-schema'],
  ])(
    '%s: a dead letter with its reason, in the source and in the repartition topic',
    async (_, error, reason) => {
      const decode = (bytes: Uint8Array): string =>
        text.decode(bytes).includes('unreadable') ? throwing(error) : text.decode(bytes);
      const topology = listing();
      const failing = { ...text, name: 'touchy', decode };
      const nodes = topology.nodes.map((node) => {
        if (node.kind === 'source')
          return { ...node, topics: node.topics.map((t) => ({ ...t, value: failing })) };
        return node.kind === 'repartition' ? { ...node, topic: { ...node.topic, value: failing } } : node;
      });
      engine = new Engine({ ...topology, nodes: nodes as typeof topology.nodes }, { partitions: 1 });
      engine.start();
      await engine.drained();
      engine.produce(lines.name, ['unreadable line', 'a:1']);
      engine.produce(words.name, ['a:unreadable'], { key: text.encode('a') });
      await engine.drained();
      expect(letters().toSorted()).toEqual([
        `${reason} in by-key: a:unreadable`,
        `${reason} in lines: unreadable line`,
      ]);
      expect(engine.state('lists')).toEqual({ a: 'a:1' });
    },
  );

  test('a record of a repartition topic without a key that is no tick is a dead letter', async () => {
    await ran({});
    engine.produce(words.name, ['a:1']);
    await engine.drained();
    expect(letters()).toEqual(['missing-key in by-key: a:1']);
  });
});
