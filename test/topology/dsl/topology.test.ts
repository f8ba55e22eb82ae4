import { describe, expect, test } from 'vitest';
import type {
  BranchNode,
  FoldNode,
  RepartitionNode,
  SinkNode,
  TopologyNode,
} from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { instant } from '../../../topology/model/time.ts';
import { count, counts, loudAndQuiet, topics, wordCount } from './word-count.ts';

const named = <K extends TopologyNode['kind']>(
  nodes: readonly TopologyNode[],
  kind: K,
  name: string,
): Extract<TopologyNode, { kind: K }> => {
  const found = nodes.find((node) => node.kind === kind && node.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found as Extract<TopologyNode, { kind: K }>;
};

describe('a declaration', () => {
  test('is data in declaration order, parents first', () => {
    expect(wordCount().nodes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'source lines',
      'stage split',
      'filter not-empty',
      'repartition by-word',
      'fold count',
      'sink counts',
      'sink audit',
    ]);
  });

  test('is frozen, down to the lists in its nodes', () => {
    const { nodes } = loudAndQuiet();
    expect(Object.isFrozen(loudAndQuiet())).toBe(true);
    expect(Object.isFrozen(nodes)).toBe(true);
    for (const node of nodes) {
      expect(Object.isFrozen(node)).toBe(true);
      for (const part of Object.values(node))
        if (Array.isArray(part)) expect(Object.isFrozen(part)).toBe(true);
    }
  });

  test('never changes a flow: each step gives a new one', () => {
    const lines = topology('t').source('lines', [topics.lines]);
    const before = lines.declared.nodes.length;
    lines.mapValues('a', ({ value }) => value ?? '');
    expect(lines.declared.nodes).toHaveLength(before);
    expect(() => Object.assign(lines, { at: 'elsewhere' })).toThrow(TypeError);
  });

  test('keeps a bare step as a fold without ticks, and a whole fold as it is', () => {
    expect(named(wordCount().nodes, 'fold', 'count').fold).toEqual({ step: count });
    const whole = { step: count, due: () => instant(1), onTick: () => [undefined, []] as const };
    const declared = topology('t')
      .source('lines', [topics.lines])
      .mapValues('text', ({ value }) => value ?? '')
      .repartition('by-word', topics.words, (word) => word)
      .fold('count', counts, whole)
      .to('counts', topics.counts);
    expect((declared.nodes[3] as FoldNode).fold).toBe(whole);
    expect(declared.nodes[2]).not.toHaveProperty('ticks');
  });

  test('keeps ticks, keys and second outputs callable on plain values', () => {
    const { nodes } = wordCount();
    const repartition: RepartitionNode = named(nodes, 'repartition', 'by-word');
    expect(repartition.keyOf('ab')).toBe('ab');
    expect(repartition.ticks?.timeOf(repartition.ticks.valueAt(instant(60_000)))).toBe(60_000);
    expect(repartition.ticks?.timeOf('word')).toBeUndefined();
    const [main, audit]: SinkNode[] = [named(nodes, 'sink', 'counts'), named(nodes, 'sink', 'audit')];
    expect(main?.from).toEqual(['count']);
    expect(audit?.from).toEqual(['count']);
    expect(main?.record('word', 3)).toEqual({ key: 'word', value: 3 });
    expect(audit?.record('word', 3)).toEqual({ key: 'all', value: 'word 3' });
  });

  test('of an unkeyed sink takes the key from the value', () => {
    expect(named(loudAndQuiet().nodes, 'sink', 'quiet').record('', 'hush')).toEqual({
      key: 'hush',
      value: 'hush',
    });
  });
});

describe('branches', () => {
  test('know their group, their place and every predicate of the group', () => {
    const { nodes } = loudAndQuiet();
    const branches: BranchNode[] = [
      named(nodes, 'branch', 'by-volume-loud'),
      named(nodes, 'branch', 'by-volume-quiet'),
    ];
    expect(branches.map(({ group, index, from }) => ({ group, index, from }))).toEqual([
      { group: 'by-volume', index: 0, from: ['all'] },
      { group: 'by-volume', index: 1, from: ['all'] },
    ]);
    expect(branches[0]?.predicates).toBe(branches[1]?.predicates);
    expect(branches[0]?.predicates.map((predicate) => predicate('hey!'))).toEqual([true, true]);
    expect(branches[0]?.predicates.map((predicate) => predicate('hey'))).toEqual([false, true]);
  });

  test('stay in the declaration when nothing follows them, so that their fault is seen', () => {
    const { loud } = topology('t')
      .source('lines', [topics.lines])
      .mapValues('text', ({ value }) => value ?? '')
      .branch('by-volume', { loud: (line) => line.endsWith('!'), quiet: () => true });
    const names = loud.to('loud', topics.quiet, { key: () => 'k' }).nodes.map(({ name }) => name);
    expect(names).toContain('by-volume-quiet');
  });
});

describe('build', () => {
  test('unites ends that share a beginning: each node once, parents first', () => {
    expect(loudAndQuiet().nodes.map(({ name }) => name)).toEqual([
      'lines',
      'line-text',
      'shouts',
      'shout-text',
      'all',
      'by-volume-loud',
      'by-volume-quiet',
      'by-word',
      'count',
      'counts',
      'quiet',
    ]);
  });

  test('names the result as its own builder is named', () => {
    const end = topology('part')
      .source('lines', [topics.lines])
      .mapValues('text', ({ value }) => value ?? '')
      .to('quiet', topics.quiet, { key: () => '' });
    expect(topology('whole').build(end).name).toBe('whole');
  });
});
