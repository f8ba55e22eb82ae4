import { mergeMap } from 'rxjs';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { type Codec, text } from '../../../topology/model/codec.ts';
import type { FoldStep } from '../../../topology/model/step.ts';
import { type Store, store } from '../../../topology/model/store.ts';
import { type Instant, instant, minutes } from '../../../topology/model/time.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';

export const decimal: Codec<number> = {
  name: 'decimal',
  encode: (value) => text.encode(String(value)),
  decode: (bytes) => Number(text.decode(bytes)),
};

export const topics: Readonly<{
  lines: Topic<string>;
  shouts: Topic<string>;
  words: Topic<string>;
  counts: Topic<number>;
  audit: Topic<string>;
  quiet: Topic<string>;
}> = {
  lines: topic('demo.lines', text),
  shouts: topic('demo.shouts', text),
  words: topic('demo.words.by-word', text, { internal: true }),
  counts: topic('demo.counts', decimal),
  audit: topic('demo.audit', text),
  quiet: topic('demo.quiet', text),
};

export const counts: Store<number> = store('counts', decimal, 1);

export const count: FoldStep<number, string, number> = (state = 0) => [state + 1, [state + 1]];

const tick = (t: Instant): string => `tick ${t}`;
const timeOfTick = (value: string): Instant | undefined =>
  value.startsWith('tick ') ? instant(Number(value.slice(5))) : undefined;

/** The small example that the tests of the language speak about; made anew at each call. */
export function wordCount(): Topology {
  return topology('word-count')
    .source('lines', [topics.lines, topics.shouts])
    .stage(
      'split',
      mergeMap(({ value }) => value?.split(' ') ?? []),
    )
    .filter('not-empty', (word) => word !== '')
    .repartition('by-word', topics.words, (word) => word, {
      ticks: { every: minutes(1), valueAt: tick, timeOf: timeOfTick },
    })
    .fold('count', counts, count)
    .to('counts', topics.counts, {
      and: ['audit', topics.audit, (n, key) => ({ key: 'all', value: `${key} ${n}` })],
    });
}

/** Two sources, a merge and a branch, with several ends. */
export function loudAndQuiet(): Topology {
  const shouts = topology('loud')
    .source('shouts', [topics.shouts])
    .mapValues('shout-text', ({ value }) => value ?? '');
  const { loud, quiet } = topology('loud')
    .source('lines', [topics.lines])
    .mapValues('line-text', ({ value }) => value ?? '')
    .merge('all', shouts)
    .branch('by-volume', { loud: (line) => line.endsWith('!'), quiet: () => true });
  return topology('loud').build(
    loud
      .repartition('by-word', topics.words, (line) => line)
      .fold('count', counts, count)
      .to('counts', topics.counts),
    quiet.to('quiet', topics.quiet, { key: (line) => line }),
  );
}
