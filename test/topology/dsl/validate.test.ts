import { describe, expect, test } from 'vitest';
import { FAULTS, type FaultCode } from '../../../topology/dsl/fault.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { assertValid, validate } from '../../../topology/dsl/validate.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import { declared, filter, fold, merge, repartition, sink, source } from './by-hand.ts';
import type { Cases } from './faults/case.ts';
import { casesOfEdges } from './faults/edges.ts';
import { casesOfNames } from './faults/names.ts';
import { casesOfState } from './faults/state.ts';
import { casesOfTopics } from './faults/topics.ts';
import { loudAndQuiet, wordCount } from './word-count.ts';

const CASES: Cases = { ...casesOfNames, ...casesOfEdges, ...casesOfTopics, ...casesOfState };

describe('validate finds each fault, and in a topology with one fault nothing else', () => {
  for (const code of Object.keys(CASES) as FaultCode[]) {
    for (const { rule, at, topology } of CASES[code]) {
      test(`${code}: ${rule}`, () => {
        const faults = validate(topology);
        expect(faults.map(({ code: found, node }) => [found, node])).toEqual([[code, at]]);
        expect(faults[0]?.mend).toBe(FAULTS[code]);
        expect(faults[0]?.what).toMatch(/^[A-Z`a-z].*\.$/s);
      });
    }
  }

  test('topic-loop: also by way of another topic, told at each sink of the loop', () => {
    const faults = validate(
      declared(source('in', 'a'), sink('out', 'b', 'in'), source('back', 'b'), sink('home', 'a', 'back')),
    );
    expect(faults.map(({ code, node }) => [code, node])).toEqual([
      ['topic-loop', 'out'],
      ['topic-loop', 'home'],
    ]);
  });
});

describe('validate finds nothing', () => {
  test('in what the builder made soundly', () => {
    expect(validate(wordCount())).toEqual([]);
    expect(validate(loudAndQuiet())).toEqual([]);
  });

  test('where a topic is written by one flow and read by another', () => {
    const through = declared(
      source('in', 'a'),
      sink('out', 'b', 'in'),
      source('again', 'b'),
      filter('some', 'again'),
      sink('end', 'c', 'some'),
    );
    expect(validate(through)).toEqual([]);
  });

  test('where two states, each of a key of its own, are written to one topic', () => {
    const each = declared(
      source('in', 'a'),
      repartition('key-1', 'k1', 'in'),
      fold('count-1', 'counts-1', 'key-1'),
      sink('out-1', 'b', 'count-1'),
      repartition('key-2', 'k2', 'in'),
      fold('count-2', 'counts-2', 'key-2'),
      sink('out-2', 'b', 'count-2'),
    );
    expect(validate(each)).toEqual([]);
  });

  test('where flows of two keys are merged and no state is kept', () => {
    const both = declared(
      source('in', 'a'),
      repartition('key-1', 'k1', 'in'),
      repartition('key-2', 'k2', 'in'),
      merge('both', 'key-1', 'key-2'),
      sink('out', 'b', 'both'),
    );
    expect(validate(both)).toEqual([]);
  });

  test('in names and topic names of the greatest length', () => {
    const name = 'x'.repeat(64);
    expect(validate(declared(source(name, 't'.repeat(249)), sink('out', 'b', name)))).toEqual([]);
  });
});

describe('several faults', () => {
  const broken: Topology = declared(
    source('Lines', 'a'),
    fold('count', 'counts', 'Lines'),
    sink('out', 'a', 'count'),
    sink('out', 'b', 'nobody'),
  );
  const codes = ['invalid-name', 'duplicate-name', 'unknown-parent', 'topic-loop', 'fold-before-key'];

  test('are all told at once', () => {
    expect(validate(broken).map(({ code }) => code)).toEqual(codes);
  });

  test('are all listed, with their mends, by the error that assertValid throws', () => {
    let thrown: unknown;
    try {
      assertValid(broken);
    } catch (error) {
      thrown = error;
    }
    if (!isStreamsError(thrown)) throw new Error('assertValid threw no StreamsError');
    expect(thrown.code).toBe('topology-invalid');
    for (const { what, mend, code } of validate(broken))
      expect(thrown.message).toContain(`${what} ${mend} (${code})`);
  });

  test('none: assertValid is silent', () => {
    expect(() => assertValid(wordCount())).not.toThrow();
  });
});
