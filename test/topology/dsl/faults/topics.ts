import { bytes, text } from '../../../../topology/model/codec.ts';
import { milliseconds, unlimited } from '../../../../topology/model/time.ts';
import { topic } from '../../../../topology/model/topic.ts';
import { declared, merge, repartition, sink, source } from '../by-hand.ts';
import type { Case, Cases } from './case.ts';

/** Declarations with one fault each: topics that are read, written or declared wrongly. */
export const casesOfTopics: Pick<
  Cases,
  | 'empty-source'
  | 'repeated-topic'
  | 'topic-read-twice'
  | 'topic-conflict'
  | 'topic-loop'
  | 'internal-topic-as-source'
  | 'repartition-shared'
  | 'tick-interval'
> = {
  'empty-source': [
    { rule: 'a source reads a topic', at: 'in', topology: declared(source('in'), sink('out', 'b', 'in')) },
  ],
  'repeated-topic': [
    {
      rule: 'a source names a topic once',
      at: 'in',
      topology: declared(source('in', 'a', 'a', 'a'), sink('out', 'b', 'in')),
    },
  ],
  'topic-read-twice': [
    {
      rule: 'two sources do not read one topic',
      at: 'too',
      topology: declared(
        source('in', 'a'),
        source('too', 'a'),
        merge('both', 'in', 'too'),
        sink('out', 'b', 'both'),
      ),
    },
    {
      rule: 'a source does not read the topic of a repartition',
      at: 'spy',
      topology: declared(
        source('in', 'a'),
        repartition('key', topic('k', text), 'in'),
        sink('out', 'b', 'key'),
        source('spy', topic('k', text)),
        sink('seen', 'c', 'spy'),
      ),
    },
  ],
  'topic-conflict': [
    {
      rule: 'a topic has one codec',
      at: 'second',
      topology: declared(
        source('in', 'a'),
        sink('first', topic('b', text), 'in'),
        sink('second', topic('b', bytes), 'in'),
      ),
    },
    {
      rule: 'a topic is internal or not',
      at: 'second',
      topology: declared(
        source('in', 'a'),
        sink('first', topic('b', text), 'in'),
        sink('second', topic('b', text, { internal: true }), 'in'),
      ),
    },
  ],
  'topic-loop': [
    {
      rule: 'a flow does not write what it reads',
      at: 'out',
      topology: declared(source('in', 'a'), sink('out', 'a', 'in')),
    },
  ],
  'internal-topic-as-source': [
    {
      rule: 'a source does not read an internal topic',
      at: 'in',
      topology: declared(source('in', topic('a', text, { internal: true })), sink('out', 'b', 'in')),
    },
  ],
  'repartition-shared': [
    {
      rule: 'no sink writes the topic of a repartition',
      at: 'out',
      topology: declared(
        source('in', 'a'),
        repartition('key', topic('k', text), 'in'),
        sink('through', 'b', 'key'),
        sink('out', 'k', 'in'),
      ),
    },
    {
      rule: 'two repartitions have two topics',
      at: 'key-2',
      topology: declared(
        source('in', 'a'),
        repartition('key-1', 'k', 'in'),
        repartition('key-2', 'k', 'in'),
        sink('out', 'b', 'key-1', 'key-2'),
      ),
    },
  ],
  'tick-interval': [ticking(0), ticking(-1), ticking(Number.NaN), ticking(unlimited)],
};

function ticking(every: number): Case {
  const topology = declared(
    source('in', 'a'),
    repartition('key', 'k', 'in', milliseconds(every)),
    sink('out', 'b', 'key'),
  );
  return { rule: `ticks do not come every ${every} ms`, at: 'key', topology };
}
