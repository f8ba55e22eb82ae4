import { describe, expect, test } from 'vitest';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { subTopologies } from '../../../topology/dsl/sub-topologies.ts';
import { declared, fold, merge, repartition, sink, source, stage } from './by-hand.ts';
import { loudAndQuiet, wordCount } from './word-count.ts';

const outline = (topology: Topology): unknown =>
  subTopologies(topology).map(({ index, nodes, entries, exits, sources, sinks, stores }) => ({
    index,
    nodes: nodes.map(({ name }) => name).join(' '),
    entries: entries.map(({ name }) => name).join(' '),
    exits: exits.map(({ name }) => name).join(' '),
    sources: sources.map(({ name }) => name).join(' '),
    sinks: sinks.map(({ name }) => name).join(' '),
    stores: stores.map(({ name }) => name).join(' '),
  }));

describe('sub-topologies', () => {
  test('are parted by a repartition, which is an exit of the one and an entry of the other', () => {
    expect(outline(wordCount())).toEqual([
      {
        index: 0,
        nodes: 'lines split not-empty by-word',
        entries: 'lines',
        exits: 'by-word',
        sources: 'demo.lines demo.shouts',
        sinks: 'demo.words.by-word',
        stores: '',
      },
      {
        index: 1,
        nodes: 'by-word count counts audit',
        entries: 'by-word',
        exits: 'counts audit',
        sources: 'demo.words.by-word',
        sinks: 'demo.counts demo.audit',
        stores: 'counts',
      },
    ]);
  });

  test('hold together what a merge joins and what branches part', () => {
    expect(outline(loudAndQuiet())).toMatchObject([
      { index: 0, entries: 'lines shouts', exits: 'by-word quiet' },
      { index: 1, entries: 'by-word', exits: 'counts' },
    ]);
  });

  test('are numbered by the first node declared, whatever comes between', () => {
    const topology = declared(
      source('first', 'a'),
      source('second', 'b'),
      repartition('key', 'k', 'second'),
      sink('first-out', 'c', 'first'),
      fold('count', 'counts', 'key'),
      source('third', 'd'),
      sink('third-out', 'e', 'third'),
      sink('count-out', 'f', 'count'),
    );
    expect(outline(topology)).toMatchObject([
      { index: 0, nodes: 'first first-out' },
      { index: 1, nodes: 'second key' },
      { index: 2, nodes: 'key count count-out' },
      { index: 3, nodes: 'third third-out' },
    ]);
  });

  test('are linked, not joined, by a topic that one writes and another reads', () => {
    const topology = declared(
      source('in', 'a'),
      sink('out', 'b', 'in'),
      source('again', 'b'),
      sink('end', 'c', 'again'),
    );
    expect(outline(topology)).toMatchObject([{ nodes: 'in out' }, { nodes: 'again end' }]);
  });

  test('a second repartition parts once more', () => {
    const topology = declared(
      source('in', 'a'),
      repartition('key-1', 'k1', 'in'),
      fold('one', 'one', 'key-1'),
      repartition('key-2', 'k2', 'one'),
      fold('two', 'two', 'key-2'),
      sink('out', 'b', 'two'),
    );
    expect(outline(topology)).toMatchObject([
      { nodes: 'in key-1', stores: '' },
      { nodes: 'key-1 one key-2', entries: 'key-1', exits: 'key-2', stores: 'one' },
      { nodes: 'key-2 two out', entries: 'key-2', exits: 'out', stores: 'two' },
    ]);
  });

  test('a repartition merged with its own origin is entry and exit of one sub-topology, named once', () => {
    const topology = declared(
      source('in', 'a'),
      repartition('key', 'k', 'in'),
      merge('both', 'in', 'key'),
      sink('out', 'b', 'both'),
    );
    expect(outline(topology)).toEqual([
      {
        index: 0,
        nodes: 'in key both out',
        entries: 'in key',
        exits: 'key out',
        sources: 'a k',
        sinks: 'k b',
        stores: '',
      },
    ]);
  });

  test('of a declaration with faults are those that its sound edges give', () => {
    expect(outline(declared(source('in', 'a'), stage('lost', 'nobody')))).toMatchObject([
      { nodes: 'in' },
      { nodes: 'lost' },
    ]);
  });
});
