import { createHash } from 'node:crypto';
import { map } from 'rxjs';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import type { FoldStep } from '../../../topology/model/step.ts';
import { store } from '../../../topology/model/store.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';

export const numbers: Topic<string> = topic('numbers', text);
export const checksums: Topic<string> = topic('checksums', text);
const byKey = topic('numbers.by-key', text, { internal: true });

/** The next link of a chain: it depends on every value before it and on their order. */
export const link = (before: string, value: string): string =>
  createHash('sha256').update(before).update(value).digest('hex');

/** State and output: how many values came, and the chain over all of them. */
const accumulate: FoldStep<string, string, string> = (state = '0 ', { value }) => {
  const [count, before = ''] = state.split(' ');
  const next = `${Number(count) + 1} ${link(before, value.slice(value.indexOf('=') + 1))}`;
  return [next, [next]];
};

/** Per key the chain of all its values, told with each. */
export const checksumTopology = (): Topology =>
  topology('checksums')
    .source('numbers', [numbers])
    .stage(
      'pairs',
      map(({ key, value }) => `${key === null ? '' : text.decode(key)}=${value}`),
    )
    .repartition('by-key', byKey, (pair) => pair.slice(0, pair.indexOf('=')))
    .fold('accumulate', store('chain', text, 1), accumulate)
    .to('to-checksums', checksums);
