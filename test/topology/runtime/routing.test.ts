import { map, mergeMap, of, pairwise } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import { DeadLetter, Ignored } from '../../../topology/model/outcome.ts';
import { headerText } from '../../../topology/model/record.ts';
import { topic } from '../../../topology/model/topic.ts';
import { DEAD_LETTERS, Engine } from './engine.ts';
import { also, keyOf, lines, list, listing, lists, sums, words, wordsOf } from './small-topologies.ts';

let engine: Engine;
afterEach(() => engine.stop());

const reasons = (): (string | undefined)[] =>
  engine.records(DEAD_LETTERS).map(({ headers }) => headerText(headers, '__streams.errors.reason'));

describe('a verdict', () => {
  test('of a stage: a dead letter goes to its topic, what is ignored is counted, the rest goes on', async () => {
    const split = mergeMap(({ value }: { value: string | null }) => {
      const verdict =
        value === 'skip' ? new Ignored('not-ours') : new DeadLetter('bad-line', 'line 1', { extra: 'e' });
      return value?.includes(':') === true ? wordsOf(value) : of(verdict);
    });
    engine = new Engine(listing({ split }), { partitions: 1 });
    engine.start();
    engine.produce(lines.name, ['a:1', 'skip', 'nonsense', 'skip', 'a:2']);
    await engine.drained();
    expect(engine.state('lists')).toEqual({ a: 'a:1,a:2' });
    expect(engine.texts(DEAD_LETTERS)).toEqual(['null -> nonsense']);
    expect(reasons()).toEqual(['bad-line']);
    expect(headerText(engine.records(DEAD_LETTERS)[0]?.headers, 'extra')).toBe('e');
    expect(engine.told.of('ignored')).toEqual(['ignored split not-ours', 'ignored split not-ours']);
    expect(engine.told.of('dead')).toEqual(['dead split bad-line']);
  });

  test('of a fold: its state and its other outputs stand', async () => {
    engine = new Engine(
      listing({
        list: (state, record) => {
          const [next, out] = list(state, record);
          return [next, [...out, new Ignored('seen'), new DeadLetter('late', 'too late')]];
        },
      }) as ReturnType<typeof listing>,
      { partitions: 1 },
    );
    engine.start();
    engine.produce(lines.name, ['a:1']);
    await engine.drained();
    expect(engine.state('lists')).toEqual({ a: 'a:1' });
    expect(engine.texts(sums.name)).toEqual(['a -> 1=a:1']);
    expect(engine.texts(DEAD_LETTERS)).toEqual(['a -> a:1']);
    expect(engine.told.of('ignored')).toEqual(['ignored list seen']);
  });

  test('is counted when its record is committed and not before, so an abort counts nothing twice', async () => {
    engine = new Engine(listing({ split: map(() => new Ignored('all')) }), { partitions: 1 });
    let failing = 2;
    engine.start('a', {
      before: (call) => {
        if (call !== 'commit' || failing-- <= 0) return;
        expect(engine.told.of('ignored')).toEqual([]);
        throw Object.assign(new Error('x'), { of: 'sepsis-streams', code: 'fenced', retry: true });
      },
    });
    engine.produce(lines.name, ['x', 'y']);
    await engine.drained();
    expect(engine.told.of('aborted')).toHaveLength(2);
    expect(engine.told.of('ignored')).toEqual(['ignored split all', 'ignored split all']);
  });

  test('of a record that fails later on is not counted: only its dead letter is', async () => {
    const split = mergeMap(() => of(new Ignored('half'), new DeadLetter('half', 'x'), 'unwritable'));
    engine = new Engine(listing({ split }), { partitions: 1 });
    engine.start();
    engine.produce(lines.name, ['x']);
    await engine.drained();
    expect(engine.told.of('ignored')).toEqual([]);
    expect(reasons()).toEqual(['step-failed']);
  });
});

describe('a tombstone', () => {
  test('reaches the first stage as null, and is ignored where it has a key and no value', async () => {
    engine = new Engine(listing({ split: map(({ value }) => `a:${value}`) }), { partitions: 1 });
    engine.start();
    await engine.drained();
    engine.produce(lines.name, ['x'], { value: null });
    engine.produce(words.name, ['x'], { value: null, key: text.encode('a') });
    await engine.drained();
    expect(engine.state('lists')).toEqual({ a: 'a:null' });
    expect(engine.told.of('ignored')).toEqual(['ignored by-key tombstone']);
  });
});

describe('at run time', () => {
  test('two sinks write the same values, each under its own key', async () => {
    engine = new Engine(listing(), { partitions: 1 });
    engine.start();
    engine.produce(lines.name, ['a:1', 'b:1']);
    await engine.drained();
    expect(engine.texts(sums.name)).toEqual(['a -> 1=a:1', 'b -> 1=b:1']);
    expect(engine.texts(also.name)).toEqual(['all-a -> 1=a:1', 'all-b -> 1=b:1']);
  });

  test('a filter keeps, a map maps and gives verdicts, a branch takes the first that is true, and no other', async () => {
    const [even, odd] = [topic('t.even', text), topic('t.odd', text)];
    const numbers = topology('numbers')
      .source('lines', [lines])
      .mapValues('number', ({ value }) => {
        const n = Number(value);
        return Number.isNaN(n) ? new DeadLetter('no-number', 'x') : n;
      })
      .filter('positive', (n) => n > 0)
      .branch('by', { even: (n) => n % 2 === 0, small: (n) => n < 10 });
    const toText = (n: number): string => String(n);
    engine = new Engine(
      topology('numbers').build(
        numbers.even.mapValues('even-text', toText).to('even', even, { key: () => 'e' }),
        numbers.small.mapValues('odd-text', toText).to('odd', odd, { key: () => 'o' }),
      ),
      { partitions: 1 },
    );
    engine.start();
    engine.produce(lines.name, ['1', '2', '-4', '4', 'four', '11', '0']);
    await engine.drained();
    expect(engine.texts(even.name)).toEqual(['e -> 2', 'e -> 4']);
    expect(engine.texts(odd.name)).toEqual(['o -> 1']);
    expect(reasons()).toEqual(['no-number']);
  });

  test('a merge is one flow: a stage behind it sees the values of all, as one operator', async () => {
    const left = topic('t.left', text);
    const pairs = topology('pairs')
      .source('right', [lines])
      .mapValues('right-text', ({ value }) => value ?? '')
      .merge(
        'both',
        topology('pairs')
          .source('left', [left])
          .mapValues('left-text', ({ value }) => value ?? ''),
      )
      .stage('pair', (source) =>
        source.pipe(
          pairwise(),
          map(([a, b]) => `${a}${b}`),
        ),
      )
      .to('sums', sums, { key: () => 'k' });
    engine = new Engine(pairs, { partitions: 1 });
    engine.start();
    for (const [to, value] of [
      [lines.name, 'a'],
      [left.name, 'b'],
      [lines.name, 'c'],
    ] as const) {
      engine.produce(to, [value]);
      await engine.drained();
    }
    expect(engine.texts(sums.name)).toEqual(['k -> ab', 'k -> bc']);
  });

  test('a diamond gives its value once on each way', async () => {
    const start = topology('diamond')
      .source('lines', [lines])
      .mapValues('text', ({ value }) => value ?? '');
    const other = start.mapValues('loud', (value) => value.toUpperCase());
    engine = new Engine(start.merge('both', other).to('sums', sums, { key: () => 'k' }), { partitions: 1 });
    engine.start();
    engine.produce(lines.name, ['a']);
    await engine.drained();
    expect(engine.texts(sums.name).toSorted()).toEqual(['k -> A', 'k -> a']);
  });

  test('keys that differ in a byte order mark only are two keys', async () => {
    const topologyOfKeys = topology('keys')
      .source('lines', [lines])
      .mapValues('text', ({ value }) => value ?? '')
      .repartition('by-key', words, keyOf)
      .fold('list', lists, list)
      .to('sums', sums);
    engine = new Engine(topologyOfKeys, { partitions: 1 });
    engine.start();
    await engine.drained();
    engine.produce(words.name, ['x'], { key: text.encode('\uFEFFa') });
    engine.produce(words.name, ['y'], { key: text.encode('a') });
    await engine.drained();
    expect(engine.state('lists')).toEqual({ '\uFEFFa': 'x', a: 'y' });
  });
});
