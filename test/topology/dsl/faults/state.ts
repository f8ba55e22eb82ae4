import { text } from '../../../../topology/model/codec.ts';
import { topic } from '../../../../topology/model/topic.ts';
import { declared, fold, mapValues, merge, repartition, sink, source, stage } from '../by-hand.ts';
import type { Cases } from './case.ts';

/** Declarations with one fault each: state where keys do not meet. */
export const casesOfState: Pick<
  Cases,
  'store-shared' | 'fold-before-key' | 'recall-not-written' | 'two-keys' | 'input-beside-state'
> = {
  'store-shared': [
    {
      rule: 'a store belongs to one fold',
      at: 'second',
      topology: declared(
        source('in', 'a'),
        repartition('key', 'k', 'in'),
        fold('first', 'counts', 'key'),
        fold('second', 'counts', 'first'),
        sink('out', 'b', 'second'),
      ),
    },
  ],
  'fold-before-key': [
    {
      rule: 'a fold comes after a repartition',
      at: 'count',
      topology: declared(
        source('in', 'a'),
        mapValues('text', 'in'),
        fold('count', 'counts', 'text'),
        sink('out', 'b', 'count'),
      ),
    },
    {
      rule: 'the nearest node without a key is told, not what stands above it',
      at: 'count',
      topology: declared(
        source('in', 'a'),
        stage('text', 'in'),
        fold('count', 'counts', 'text'),
        sink('out', 'b', 'count'),
      ),
    },
    {
      rule: 'a stage loses the key that a fold needs',
      at: 'count',
      topology: declared(
        source('in', 'a'),
        repartition('key', 'k', 'in'),
        stage('again', 'key'),
        fold('count', 'counts', 'again'),
        sink('out', 'b', 'count'),
      ),
    },
    {
      rule: 'all that a fold takes has a key, not only some of it',
      at: 'count',
      topology: declared(
        source('in', 'a'),
        repartition('key', 'k', 'in'),
        merge('both', 'key', 'in'),
        fold('count', 'counts', 'both'),
        sink('out', 'b', 'count'),
      ),
    },
  ],
  'recall-not-written': [
    {
      rule: 'a state is recalled from what its own sub-topology writes to a sink',
      at: 'count',
      topology: declared(
        source('in', 'a'),
        repartition('key', 'k', 'in'),
        { ...fold('count', 'counts', 'key'), recall: { from: topic('k', text), step: () => undefined } },
        sink('out', 'b', 'count'),
      ),
    },
  ],
  'two-keys': [
    {
      rule: 'a fold takes the values of one repartition',
      at: 'count',
      topology: declared(
        source('in', 'a'),
        repartition('key-1', 'k1', 'in'),
        repartition('key-2', 'k2', 'in'),
        merge('both', 'key-1', 'key-2'),
        fold('count', 'counts', 'both'),
        sink('out', 'b', 'count'),
      ),
    },
  ],
  'input-beside-state': [
    {
      rule: 'another flow with a key joins behind a fold',
      at: 'count',
      topology: declared(
        source('in', 'a'),
        repartition('key-1', 'k1', 'in'),
        repartition('key-2', 'k2', 'in'),
        fold('count', 'counts', 'key-1'),
        merge('both', 'count', 'key-2'),
        sink('out', 'b', 'both'),
      ),
    },
    {
      rule: 'two folds, each of a key of its own, are merged',
      at: 'count-1',
      topology: declared(
        source('in', 'a'),
        repartition('key-1', 'k1', 'in'),
        repartition('key-2', 'k2', 'in'),
        fold('count-1', 'counts-1', 'key-1'),
        fold('count-2', 'counts-2', 'key-2'),
        merge('both', 'count-1', 'count-2'),
        sink('out', 'b', 'both'),
      ),
    },
    {
      rule: 'a source joins behind a fold',
      at: 'count',
      topology: declared(
        source('in', 'a'),
        repartition('key', 'k', 'in'),
        fold('count', 'counts', 'key'),
        source('more', 'c'),
        merge('both', 'count', 'more'),
        sink('out', 'b', 'both'),
      ),
    },
  ],
};
