import { mergeMap, type OperatorFunction } from 'rxjs';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { type Codec, text } from '../../../topology/model/codec.ts';
import type { Verdict } from '../../../topology/model/outcome.ts';
import type { SourceRecord } from '../../../topology/model/record.ts';
import type { Fold, FoldStep } from '../../../topology/model/step.ts';
import { type Store, store } from '../../../topology/model/store.ts';
import { instant, minutes } from '../../../topology/model/time.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';

/** Text, which refuses to write anything with `unwritable` and to read anything with `unreadable` in it. */
export const touchy: Codec<string> = {
  name: 'touchy',
  encode: (value) => {
    if (value.includes('unwritable')) throw new TypeError('this does not fit');
    return text.encode(value);
  },
  decode: (bytes) => {
    const value = text.decode(bytes);
    if (value.includes('unreadable')) throw new RangeError('these bytes are nothing');
    return value;
  },
};

export const lines: Topic<string> = topic('t.lines', touchy);
export const words: Topic<string> = topic('t.words', touchy, { internal: true });
export const sums: Topic<string> = topic('t.sums', touchy);
export const also: Topic<string> = topic('t.also', touchy);

export const lists: Store<string> = store('lists', touchy, 1);
export const lengths: Store<string> = store('lengths', touchy, 1);

type Line = SourceRecord<string>;

export interface Parts {
  readonly split?: OperatorFunction<Line, string | Verdict>;
  readonly list?: FoldStep<string, string, string> | Fold<string, string, string>;
  readonly length?: FoldStep<string, string, string>;
  readonly version?: number;
}

/** `a:1 b:2` gives the words `a:1` and `b:2`, of the keys `a` and `b`. */
export const wordsOf = (line: string | null): string[] =>
  (line ?? '').split(' ').filter((word) => word !== '');
export const keyOf = (word: string): string => word.split(':')[0] ?? '';

/** State: all words of the key so far. Output: the same. */
export const list: FoldStep<string, string, string> = (state, { value }) => {
  const next = state === undefined ? value : `${state},${value}`;
  return [next, [next]];
};

/** State: how many lists came. Output: the number and the list. */
export const length: FoldStep<string, string, string> = (state, { value }) => {
  const next = String(Number(state ?? '0') + 1);
  return [next, [`${next}=${value}`]];
};

/** Lines to words, by key to their list, and on to its length: two folds in a chain and two outputs. */
export function listing(parts: Parts = {}): Topology {
  const listed = parts.version === undefined ? lists : store('lists', touchy, parts.version);
  return topology('listing')
    .source('lines', [lines])
    .stage('split', parts.split ?? mergeMap(({ value }) => wordsOf(value)))
    .repartition('by-key', words, keyOf, {
      ticks: {
        every: minutes(1),
        valueAt: (t) => `tick ${t}`,
        timeOf: (value) => (value.startsWith('tick ') ? instant(Number(value.slice(5))) : undefined),
      },
    })
    .fold('list', listed, parts.list ?? list)
    .fold('length', lengths, parts.length ?? length)
    .to('sums', sums, { and: ['also', also, (value, key) => ({ key: `all-${key}`, value })] });
}
