import { branch, declared, merge, repartition, sink, source, stage } from '../by-hand.ts';
import type { Cases } from './case.ts';

const yes = (): boolean => true;
const no = (): boolean => false;

/** Declarations with one fault each: ways that lead nowhere, back, or from nobody. */
export const casesOfEdges: Pick<
  Cases,
  | 'empty-topology'
  | 'no-parent'
  | 'unknown-parent'
  | 'repeated-parent'
  | 'parent-is-sink'
  | 'merge-of-one'
  | 'out-of-order'
  | 'cycle'
  | 'dead-end'
  | 'branch-missing'
> = {
  'empty-topology': [{ rule: 'a topology has nodes', at: 'by-hand', topology: declared() }],
  'no-parent': [
    {
      rule: 'a node that is no source follows a node',
      at: 'lost',
      topology: declared(source('in', 'a'), sink('out', 'b', 'in'), sink('lost', 'c')),
    },
  ],
  'unknown-parent': [
    {
      rule: 'a parent is declared',
      at: 'out',
      topology: declared(source('in', 'a'), sink('out', 'b', 'in', 'nobody')),
    },
  ],
  'repeated-parent': [
    {
      rule: 'a flow is not merged with itself',
      at: 'both',
      topology: declared(source('in', 'a'), merge('both', 'in', 'in'), sink('out', 'b', 'both')),
    },
  ],
  'parent-is-sink': [
    {
      rule: 'nothing follows a sink',
      at: 'again',
      topology: declared(source('in', 'a'), sink('out', 'b', 'in'), sink('again', 'c', 'out')),
    },
  ],
  'merge-of-one': [
    {
      rule: 'a merge has two parents or more',
      at: 'both',
      topology: declared(source('in', 'a'), merge('both', 'in'), sink('out', 'b', 'both')),
    },
  ],
  'out-of-order': [
    {
      rule: 'a node stands after its parents',
      at: 'out',
      topology: declared(sink('out', 'b', 'in'), source('in', 'a')),
    },
  ],
  cycle: [
    {
      rule: 'values do not go round in a circle, which is told once',
      at: 'both',
      topology: declared(
        source('in', 'a'),
        merge('both', 'in', 'back'),
        stage('on', 'both'),
        stage('back', 'on'),
        sink('out', 'b', 'on'),
      ),
    },
    {
      rule: 'a node does not follow itself',
      at: 'self',
      topology: declared(source('in', 'a'), stage('self', 'in', 'self'), sink('out', 'b', 'self')),
    },
  ],
  'dead-end': [
    {
      rule: 'a source leads somewhere',
      at: 'idle',
      topology: declared(source('in', 'a'), source('idle', 'c'), sink('out', 'b', 'in')),
    },
    {
      rule: 'a flow reaches a sink',
      at: 'stuck',
      topology: declared(source('in', 'a'), stage('stuck', 'in'), sink('out', 'b', 'in')),
    },
    {
      rule: 'a repartition is read by somebody',
      at: 'key',
      topology: declared(source('in', 'a'), repartition('key', 'k', 'in'), sink('out', 'b', 'in')),
    },
  ],
  'branch-missing': [
    {
      rule: 'every predicate of a group has its branch',
      at: 'by-x',
      topology: declared(source('in', 'a'), branch('by', 'x', 0, [yes, no], 'in'), sink('out', 'b', 'by-x')),
    },
  ],
};
