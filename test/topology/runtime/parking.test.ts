import { afterEach, describe, expect, test } from 'vitest';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { type Codec, text } from '../../../topology/model/codec.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';
import { DEAD_LETTERS, Engine } from './engine.ts';
import type { Faults } from './faulty-driver.ts';
import { keyOf, lines, list, lists, sums, words } from './small-topologies.ts';

/** Text, of which what ends in `?` is written with a schema that must be asked for, and what ends in `??` with one that there is not. */
class Asking implements Codec<string> {
  readonly name = 'asking';
  asked = 0;
  answer: 'none' | 'there' | 'absent' = 'none';
  /** What the next answer waits for. */
  held: Promise<void> | undefined;
  #known: string[] = [];
  readonly #absent = new Set<string>();

  encode(value: string): Uint8Array {
    return text.encode(value);
  }

  decode(bytes: Uint8Array): string {
    const value = text.decode(bytes);
    const schema = value.slice(value.search(/\?*$/));
    if (schema === '' || this.#known.includes(schema)) return value;
    if (this.#absent.has(schema)) throw new StreamsError('unknown-schema', 'There is no such schema.');
    throw new StreamsError('schema-not-read', 'It must be asked for.');
  }

  readonly learn = async (bytes: Uint8Array): Promise<void> => {
    this.asked++;
    const value = text.decode(bytes);
    const schema = value.slice(value.search(/\?*$/));
    await this.held;
    if (this.answer === 'none') throw new StreamsError('registry-unavailable', 'Nobody answers.');
    if (this.answer === 'there') this.#known = [...this.#known, schema];
    else this.#absent.add(schema);
  };
}

let codec: Asking;
let engine: Engine;
afterEach(() => engine.stop());

const asked = (): Topic<string> => topic(words.name, codec, { internal: true });

const asking = (): Topology =>
  topology('asking')
    .source('lines', [lines])
    .filter('words', ({ value }) => value !== '')
    .mapValues('value', ({ value }) => value ?? '')
    .repartition('by-key', asked(), keyOf)
    .fold('list', lists, list)
    .to('sums', sums);

/** A group that has worked before: a worker that is new refuses a log that others wrote. */
async function start(faults: Faults = {}): Promise<void> {
  codec = new Asking();
  engine = new Engine(asking(), { partitions: 2 });
  engine.start('a', faults);
  engine.produce(lines.name, ['', '']);
  await engine.drained();
}

/** Straight into the repartition topic, as another instance of the application writes them. */
const write = (partition: number, ...values: readonly string[]): void => {
  for (const value of values)
    engine.produce(words.name, [value], { key: text.encode(keyOf(value)), partition });
};

/** Lets time pass until it is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    engine.clock.moveTo(engine.clock.now() + 100);
    await engine.broker.changed(1);
  }
}

async function answered(answer: Asking['answer']): Promise<void> {
  codec.answer = answer;
  await until(() => engine.lag() === 0);
  await engine.drained();
}

const told = (): string[] => engine.texts(sums.name);

describe('a record whose schema must be asked for', () => {
  test('is read when the registry has answered: in its place, once', async () => {
    await start();
    codec.answer = 'there';
    write(0, 'a:1', 'a:2?', 'a:3', 'a:4?');
    await engine.drained();
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2?,a:3,a:4?' });
    expect(codec.asked).toBe(1);
    expect(told()).toHaveLength(4);
    expect(engine.told.of('parked')).toEqual([]);
  });

  test('holds up its partition while nobody answers, and no other; then the partition goes on', async () => {
    await start();
    write(0, 'a:1', 'a:2?', 'a:3');
    write(1, 'b:1');
    await until(() => engine.lag() === 2);
    write(1, 'b:2', 'b:3');
    await until(() => engine.state('lists')['b'] === 'b:1,b:2,b:3');
    expect(engine.state('lists')['a']).toBe('a:1');
    // What stands before it is committed, itself it is not.
    expect(engine.committed().get(`${words.name}/0`)?.offset).toBe(
      engine.records(words.name).find(({ value }) => value !== null && text.decode(value) === 'a:2?')?.offset,
    );
    expect(engine.told.of('parked')).toEqual([`parked ${words.name} 0 registry-unavailable`]);
    await answered('there');
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2?,a:3', b: 'b:1,b:2,b:3' });
    expect(told()).toHaveLength(6);
    expect(engine.told.of('unparked')).toEqual([`unparked ${words.name} 0`]);
    expect(engine.records(DEAD_LETTERS)).toEqual([]);
  });

  test('is read in its place also where the worker has written it itself, and has taken on what stands before it', async () => {
    await start();
    engine.produce(lines.name, ['a:1', 'a:2?', 'a:3'], { partition: 0 });
    await until(() => engine.told.of('parked').length > 0 && engine.state('lists')['a'] === 'a:1');
    expect(told()).toHaveLength(1);
    engine.produce(lines.name, ['a:4'], { partition: 0 });
    await answered('there');
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2?,a:3,a:4' });
    expect(told()).toHaveLength(4);
    expect(engine.records(DEAD_LETTERS)).toEqual([]);
  });

  test('is a dead letter, with its bytes, when there is no such schema; the partition goes on', async () => {
    await start();
    codec.answer = 'absent';
    write(0, 'a:1', 'a:2??', 'a:3', 'a:4??');
    await engine.drained();
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:3' });
    expect(engine.told.of('dead')).toEqual(['dead by-key unknown-schema', 'dead by-key unknown-schema']);
    expect(engine.texts(DEAD_LETTERS)).toEqual(['a -> a:2??', 'a -> a:4??']);
    expect(codec.asked).toBe(1);
  });

  test('is read after a commit failed meanwhile and all was read again from what was committed', async () => {
    let failures = -1;
    await start({
      before: (call) => {
        if (call === 'commit' && failures >= 0 && failures++ === 0)
          throw new StreamsError('fenced', 'A newer producer has this name.');
      },
    });
    failures = 0;
    write(0, 'a:1', 'a:2', 'a:3?', 'a:4');
    await until(() => codec.asked > 2);
    await answered('there');
    expect(failures).toBeGreaterThan(0);
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2,a:3?,a:4' });
    expect(told()).toHaveLength(4);
  });

  test('whoever is told that a partition waits is told when it no longer does, also when all is read again', async () => {
    let failures = -1;
    await start({
      before: (call) => {
        if (call === 'commit' && failures >= 0 && failures++ === 0)
          throw new StreamsError('fenced', 'A newer producer has this name.');
      },
    });
    write(0, 'a:1?');
    // The step up to it is committed too.
    await until(() => engine.told.of('parked').length === 1 && engine.told.of('committed').length === 2);
    failures = 0;
    write(1, 'b:1');
    await until(() => engine.told.of('parked').length === 2);
    expect(engine.told.of('unparked')).toHaveLength(1);
    await answered('there');
    expect(engine.told.of('unparked')).toHaveLength(2);
  });

  test('an answer that comes when all is being read again leaves nothing out', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let commits = -1;
    await start({
      before: async (call) => {
        if (call === 'commit' && commits >= 0 && commits++ === 0)
          throw new StreamsError('fenced', 'A newer producer has this name.');
        if (call !== 'poll' || commits < 1) return;
        // The positions are back at what is committed.
        resolve();
        await new Promise(setImmediate);
      },
    });
    commits = 0;
    codec.held = promise;
    codec.answer = 'there';
    write(0, 'a:1', 'a:2', 'a:3?', 'a:4');
    await until(() => commits > 0);
    await answered('there');
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2,a:3?,a:4' });
    expect(told()).toHaveLength(4);
  });

  test('stays where it is when its owner goes: the next one asks again', async () => {
    await start();
    write(0, 'a:1', 'a:2?', 'a:3');
    await until(() => codec.asked > 1);
    await engine.stop();
    engine.start('b');
    const before = codec.asked;
    await until(() => codec.asked > before);
    await answered('there');
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2?,a:3' });
    expect(told()).toHaveLength(3);
  });

  test('is asked for in a restore too, which waits for the answer', async () => {
    await start();
    codec.answer = 'there';
    write(0, 'a:1', 'a:2?', 'a:3');
    await engine.drained();
    engine.kill('a');
    // Another process, which knows nothing yet.
    codec = new Asking();
    engine = new Engine(asking(), { partitions: 2 }, engine.broker);
    engine.start('b');
    await until(() => codec.asked > 2);
    expect(engine.told.of('restored')).not.toContain('restored 1_0 0+3');
    write(0, 'a:4');
    await answered('there');
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2?,a:3,a:4' });
    expect(told()).toHaveLength(4);
  });
});
