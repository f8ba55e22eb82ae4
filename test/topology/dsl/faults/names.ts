import { branch, declared, fold, repartition, sink, source } from '../by-hand.ts';
import type { Cases } from './case.ts';

const yes = (): boolean => true;
const no = (): boolean => false;

/** Declarations with one fault each: names that are illegal or said twice. */
export const casesOfNames: Pick<Cases, 'invalid-name' | 'invalid-topic-name' | 'duplicate-name'> = {
  'invalid-name': [
    {
      rule: 'a node name has no capitals',
      at: 'Lines',
      topology: declared(source('Lines', 'a'), sink('out', 'b', 'Lines')),
    },
    { rule: 'a node name is not empty', at: '', topology: declared(source('', 'a'), sink('out', 'b', '')) },
    {
      rule: 'a node name has 64 characters at most',
      at: 'x'.repeat(65),
      topology: declared(source('x'.repeat(65), 'a'), sink('out', 'b', 'x'.repeat(65))),
    },
    {
      rule: 'a topology name keeps the same rule',
      at: 'my_topology',
      topology: { name: 'my_topology', nodes: [source('in', 'a'), sink('out', 'b', 'in')] },
    },
    {
      rule: 'a store name keeps the same rule',
      at: 'count',
      topology: declared(
        source('in', 'a'),
        repartition('key', 'k', 'in'),
        fold('count', 'Counts!', 'key'),
        sink('out', 'b', 'count'),
      ),
    },
    {
      rule: 'a branch name is no number, which would lose its place',
      at: 'by-1',
      topology: declared(source('in', 'a'), branch('by', '1', 0, [yes], 'in'), sink('out', 'b', 'by-1')),
    },
  ],
  'invalid-topic-name': [
    {
      rule: 'a topic name has only what Kafka takes',
      at: 'in',
      topology: declared(source('in', 'a b'), sink('out', 'b', 'in')),
    },
    {
      rule: 'a topic is not called ..',
      at: 'out',
      topology: declared(source('in', 'a'), sink('out', '..', 'in')),
    },
    {
      rule: 'a topic name has 249 characters at most',
      at: 'out',
      topology: declared(source('in', 'a'), sink('out', 't'.repeat(250), 'in')),
    },
  ],
  'duplicate-name': [
    {
      rule: 'two nodes have two names',
      at: 'out',
      topology: declared(source('in', 'a'), sink('out', 'b', 'in'), sink('out', 'c', 'in')),
    },
    {
      rule: 'two groups of branches have two names',
      at: 'by-x',
      topology: declared(
        source('in', 'a'),
        branch('by', 'x', 0, [yes], 'in'),
        branch('by', 'y', 0, [no], 'in'),
        sink('out', 'b', 'by-x', 'by-y'),
      ),
    },
  ],
};
