import { describe, expect, test } from 'vitest';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import { simulate } from '../../../topology/testing/testing.ts';
import { lines, listing, sums } from '../runtime/small-topologies.ts';

const line = { topic: lines.name, key: null, value: text.encode('a:1') };

describe('a simulation is refused before it runs', () => {
  test('of a topology with faults', async () => {
    await expect(simulate(topology('empty').build(), [], { seed: 1 })).rejects.toThrow(
      expect.objectContaining({ code: 'topology-invalid' }),
    );
  });

  test.for(['elsewhere', sums.name])('with input for %s, which the topology does not read', async (name) => {
    await expect(simulate(listing(), [line, { ...line, topic: name }], { seed: 1 })).rejects.toThrow(
      `reads no topic ${name}; it reads t.lines, t.words`,
    );
  });

  test.for([{ instances: 0 }, { partitions: 0 }])('with %o', async (options) => {
    await expect(simulate(listing(), [line], { seed: 1, ...options })).rejects.toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });
});
