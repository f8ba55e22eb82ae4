import { mergeMap } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import { headerText } from '../../../topology/model/record.ts';
import type { FoldStep } from '../../../topology/model/step.ts';
import { CAUSE_HEADER } from '../../../topology/runtime/cause-header.ts';
import { Engine } from './engine.ts';
import { keyOf, lines, list, lists, sums, words, wordsOf } from './small-topologies.ts';

/** Every output is the whole state, so a state can be recalled without loss. */
const recalling = (step: FoldStep<string, string, string> = list): Topology =>
  topology('recalling')
    .source('lines', [lines])
    .stage(
      'split',
      mergeMap(({ value }) => wordsOf(value)),
    )
    .repartition('by-key', words, keyOf)
    .fold('list', lists, step, { recall: { from: sums, step: (_, value) => value } })
    .to('sums', sums);

const AT = { topic: words.name, partition: 0 };
const FIRST = ['a:1 b:1', 'a:2', 'c:1 a:3', 'b:2'];
const WORDS = FIRST.flatMap(wordsOf).length;

let engine: Engine;
afterEach(() => engine.stop());

/** All of the first lines done, and the worker killed; the log of the words then begins at `start`. */
async function cutAt(start: number, of: Topology = recalling()): Promise<void> {
  engine = new Engine(of, { partitions: 1, limits: { pollRecords: 1 } });
  engine.start('a');
  for (const line of FIRST) {
    engine.produce(lines.name, [line]);
    await engine.drained();
  }
  engine.kill('a');
  engine.broker.log(AT).truncate(start);
}

const offsetsOfWords = async (): Promise<number[]> => {
  await cutAt(0);
  const offsets = engine.records(words.name).map(({ offset }) => offset);
  await engine.stop();
  return offsets;
};

async function more(): Promise<Record<string, string>> {
  engine.start('b');
  engine.produce(lines.name, ['a:9 c:9']);
  await engine.drained();
  return engine.state('lists');
}

describe('a log that begins too late', () => {
  test('is made up for from what was written, wherever it begins: nothing twice, nothing missing', async () => {
    const offsets = await offsetsOfWords();
    expect(offsets).toHaveLength(WORDS);
    for (const start of offsets.slice(1)) {
      await cutAt(start);
      expect(await more()).toEqual({ a: 'a:1,a:2,a:3,a:9', b: 'b:1,b:2', c: 'c:1,c:9' });
      expect(engine.told.of('degraded')).toEqual([`degraded 1_0 ${start}`]);
      expect(engine.texts(sums.name)).toHaveLength(WORDS + 2);
      await engine.stop();
    }
  });

  test('and what could not be written has left nothing, though no hash tells so', async () => {
    const half = recalling((state, record) => {
      const [next = ''] = list(state, record);
      return [next, [record.value === 'a:3' ? 'unwritable' : next]];
    });
    await cutAt((await offsetsOfWords())[1] as number, half);
    expect(await more()).toEqual({ a: 'a:1,a:2,a:9', b: 'b:1,b:2', c: 'c:1,c:9' });
    expect(engine.told.of('degraded')).toHaveLength(1);
  });

  test('also at what is committed: no input is left of it', async () => {
    await cutAt((await offsetsOfWords()).at(-1) as number);
    const { end } = engine.broker.log(AT);
    engine.broker.log(AT).truncate(end);
    expect(await more()).toEqual({ a: 'a:1,a:2,a:3,a:9', b: 'b:1,b:2', c: 'c:1,c:9' });
  });

  test('and then goes on as any other: the next to take over finds the state that was committed', async () => {
    await cutAt((await offsetsOfWords())[3] as number);
    await more();
    engine.kill('b');
    engine.start('c');
    engine.produce(lines.name, ['b:9']);
    await engine.drained();
    expect(engine.state('lists')['b']).toBe('b:1,b:2,b:9');
  });

  test('is none for a group that began there: its state is made of what it has read', async () => {
    engine = new Engine(recalling(), { partitions: 1, limits: { pollRecords: 1 } });
    engine.broker.append(words.name, [
      { key: text.encode('a'), value: text.encode('a:0'), timestamp: 0 },
      { key: text.encode('b'), value: text.encode('b:0'), timestamp: 0 },
    ]);
    engine.broker.log(AT).truncate(2);
    // What somebody else wrote before it is none of its own.
    engine.produce(sums.name, ['a:0'], { key: text.encode('a') });
    engine.start('a');
    engine.produce(lines.name, ['a:1 b:1']);
    await engine.drained();
    engine.kill('a');
    expect(await more()).toEqual({ a: 'a:1,a:9', b: 'b:1', c: 'c:9' });
    expect(engine.told.of('degraded')).toEqual([]);
    // What it has read is gone too: now something is missing.
    engine.kill('b');
    engine.broker.log(AT).truncate(3);
    engine.start('c');
    await engine.drained();
    expect(engine.told.of('degraded')).toEqual(['degraded 1_0 3']);
  });

  test('depends on each output saying which input it was written for', async () => {
    const offsets = await offsetsOfWords();
    await cutAt(0);
    const causes = engine.records(sums.name).map(({ headers }) => headerText(headers, CAUSE_HEADER));
    expect(causes).toEqual(offsets.map(String));
    await engine.stop();
    await cutAt(offsets[3] as number);
    // Whoever does not say so, says: it was before. So what is replayed comes on top.
    engine.produce(sums.name, ['a:1,a:2,a:3'], { key: text.encode('a') });
    expect((await more())['a']).toBe('a:1,a:2,a:3,a:3,a:9');
  });

  test('what cannot be read among the outputs tells nothing, and stops nothing', async () => {
    await cutAt((await offsetsOfWords())[3] as number);
    engine.broker.append(sums.name, [
      { key: null, value: text.encode('nobody'), timestamp: 0 },
      { key: text.encode('a'), value: null, timestamp: 0 },
    ]);
    expect(await more()).toEqual({ a: 'a:1,a:2,a:3,a:9', b: 'b:1,b:2', c: 'c:1,c:9' });
  });

  test('outputs in other partitions than the inputs cannot be relied on: an error', async () => {
    await cutAt((await offsetsOfWords())[3] as number);
    engine.broker.state.addPartitions(sums.name, 2);
    engine.start('b');
    expect(await engine.end('b')).toMatchObject({ code: 'log-truncated' });
    engine.kill('b');
  });
});
