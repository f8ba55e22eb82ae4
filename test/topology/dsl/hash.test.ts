import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topologyHash } from '../../../topology/dsl/hash.ts';
import type { Topology, TopologyNode } from '../../../topology/dsl/nodes.ts';
import { bytes, text } from '../../../topology/model/codec.ts';
import { days, minutes, seconds } from '../../../topology/model/time.ts';
import { topic } from '../../../topology/model/topic.ts';
import {
  branch,
  declared,
  filter,
  fold,
  mapValues,
  merge,
  repartition,
  sink,
  source,
  stage,
} from './by-hand.ts';
import { loudAndQuiet, wordCount } from './word-count.ts';

/** Any node, following any earlier ones: a seed for two declarations that share no object. */
const recipe = fc.array(fc.record({ kind: fc.nat(7), parent: fc.nat(), other: fc.nat() }), { maxLength: 12 });
type Recipe = readonly { readonly kind: number; readonly parent: number; readonly other: number }[];

const made = (steps: Recipe): Topology => {
  const nodes: TopologyNode[] = [source('n', 'topic')];
  for (const [index, { kind, parent, other }] of steps.entries()) {
    const name = `n${index}`;
    const [from = 'n', second = 'n'] = [parent, other].map((place) => nodes[place % nodes.length]?.name);
    const makers = [
      () => source(name, `topic-${index}`),
      () => stage(name, from),
      () => filter(name, from),
      () => mapValues(name, from),
      () => merge(name, from, second),
      () => repartition(name, `topic-${index}`, from),
      () => fold(name, `store-${index}`, from),
      () => sink(name, `topic-${index}`, from),
    ];
    const node = makers[kind]?.();
    if (node !== undefined) nodes.push(node);
  }
  return declared(...nodes);
};

describe('the hash of a topology', () => {
  test('is the same for the same declaration made again', () => {
    expect(topologyHash(wordCount())).toBe(topologyHash(wordCount()));
    fc.assert(fc.property(recipe, (steps) => topologyHash(made(steps)) === topologyHash(made(steps))));
  });

  test('is sixteen hex digits', () => {
    expect(topologyHash(wordCount())).toMatch(/^[0-9a-f]{16}$/);
  });

  test('differs for declarations that differ in one step', () => {
    fc.assert(
      fc.property(recipe, fc.nat(7), (steps, kind) => {
        const longer = [...steps, { kind, parent: 0, other: 0 }];
        return topologyHash(made(steps)) !== topologyHash(made(longer));
      }),
    );
  });

  test('does not depend on where a sink stands among its siblings', () => {
    const [a, b] = [sink('a', 'a', 'in'), sink('b', 'b', 'in')];
    expect(topologyHash(declared(source('in', 'i'), a, b))).toBe(
      topologyHash(declared(source('in', 'i'), b, a)),
    );
  });

  test('depends on the order of declaration where that numbers the sub-topologies', () => {
    const [a, b] = [
      [source('a', 'a'), sink('a-out', 'x', 'a')],
      [source('b', 'b'), sink('b-out', 'y', 'b')],
    ] as const;
    expect(topologyHash(declared(...a, ...b))).not.toBe(topologyHash(declared(...b, ...a)));
  });
});

describe('what is identity', () => {
  const always = (): boolean => true;
  const base = (
    change: Partial<Record<'lines' | 'key' | 'count' | 'out' | 'some', TopologyNode>> = {},
  ): Topology =>
    declared(
      change.lines ?? source('lines', 'a'),
      change.some ?? branch('by', 'some', 0, [always], 'lines'),
      change.key ?? repartition('key', 'k', 'by-some', minutes(1)),
      change.count ?? fold('count', 'counts', 'key'),
      change.out ?? sink('out', 'b', 'count'),
    );
  const own = fold('count', 'counts', 'key');

  const changes: readonly (readonly [what: string, topology: Topology])[] = [
    ['the name of the topology', { ...base(), name: 'other' }],
    ['the kind of a node', base({ some: filter('by-some', 'lines') })],
    ['a topic of a source', base({ lines: source('lines', 'z') })],
    ['one more topic of a source', base({ lines: source('lines', 'a', 'z') })],
    ['the codec of a topic', base({ lines: source('lines', topic('a', bytes)) })],
    [
      'whether a topic is internal',
      base({ key: repartition('key', topic('k', text), 'by-some', minutes(1)) }),
    ],
    ['the topic of a repartition', base({ key: repartition('key', 'z', 'by-some', minutes(1)) })],
    ['whether there are ticks', base({ key: repartition('key', 'k', 'by-some') })],
    ['the parent of a node', base({ out: sink('out', 'b', 'key') })],
    ['the name of a node', base({ out: sink('out-2', 'b', 'count') })],
    ['the topic of a sink', base({ out: sink('out', 'z', 'count') })],
    ['the name of a store', base({ count: fold('count', 'sums', 'key') })],
    ['the version of a store', base({ count: { ...own, store: { ...own.store, version: 2 } } })],
    [
      'the codec of a store',
      base({ count: { ...own, store: { ...own.store, state: { ...own.store.state, name: 'other' } } } }),
    ],
    ['the place of a branch', base({ some: branch('by', 'some', 1, [always], 'lines') })],
    ['the size of a group of branches', base({ some: branch('by', 'some', 0, [always, always], 'lines') })],
  ];
  for (const [what, changed] of changes) {
    test(`${what} changes the hash`, () => {
      expect(topologyHash(changed)).not.toBe(topologyHash(base()));
    });
  }

  test('no two of these changes have one hash', () => {
    expect(new Set(changes.map(([, changed]) => topologyHash(changed))).size).toBe(changes.length);
  });

  test('functions, retention and the interval of ticks do not', () => {
    const kept = topic('k', text, { internal: true, retention: days(45) });
    expect(topologyHash(base({ key: repartition('key', kept, 'by-some', seconds(5)) }))).toBe(
      topologyHash(base()),
    );
    expect(topologyHash(base({ some: branch('by', 'some', 0, [() => false], 'lines') }))).toBe(
      topologyHash(base()),
    );
    expect(topologyHash(loudAndQuiet())).not.toBe(topologyHash(wordCount()));
  });
});
