import { map } from 'rxjs';
import { fraction } from '../../../connectors/memory/simulation/chance.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import type { FoldStep } from '../../../topology/model/step.ts';
import { store } from '../../../topology/model/store.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';
import type { Logged } from './scenario.ts';

export const data: Topic<string> = topic('data', text);
export const byKey: Topic<string> = topic('by-key', text, { internal: true });
const again = topic('again', text, { internal: true });

const sink = (name: string): Topic<string> => topic(name, text);
const sinks = { echo: sink('echo'), min: sink('min'), sum: sink('sum'), max: sink('max'), cnt: sink('cnt') };

/** Topics that it writes, in the order in which a record comes by. */
export const OUTPUTS = ['echo', 'min', 'sum', 'max', 'cnt'] as const;
export type Output = (typeof OUTPUTS)[number];

const keyOf = (pair: string): string => pair.slice(0, pair.indexOf('='));
const numberOf = (pair: string): number => Number(pair.slice(pair.indexOf('=') + 1));

/** Each value changes one number of its key, which is told each time. */
const running =
  (next: (state: number | undefined, value: number) => number): FoldStep<string, string, string> =>
  (state, { value }) => {
    const changed = String(next(state === undefined ? undefined : Number(state), numberOf(value)));
    return [changed, [changed]];
  };

const sumOf = (sum = 0, n: number): number => {
  if (Number.isNaN(n)) throw new RangeError('no number');
  return sum + n;
};

const pairOf = map(({ key, value }: { readonly key: Uint8Array | null; readonly value: string | null }) => {
  if (value === 'poison') throw new RangeError('poison');
  return `${key === null ? '' : text.decode(key)}=${value}`;
});

/**
 * Of the EOS system test of Kafka Streams: each pair is echoed; per key the smallest value and the sum are told with
 * every record, and once more behind a second repartition the greatest value and the count. The value `poison`
 * throws before any state, and `venom` in the sum, when the smallest value is changed already.
 */
export function eosTopology(): Topology {
  const pairs = topology('eos').source('data', [data]).stage('pairs', pairOf);
  const keyed = pairs.repartition('by-key', byKey, keyOf);
  const anew = keyed.repartition('again', again, keyOf);
  return topology('eos').build(
    pairs.to('echo', sinks.echo, { key: keyOf }),
    keyed
      .fold(
        'min',
        store('min', text, 1),
        running((min = Infinity, n) => Math.min(min, n)),
      )
      .to('to-min', sinks.min),
    keyed.fold('sum', store('sum', text, 1), running(sumOf)).to('to-sum', sinks.sum),
    anew
      .fold(
        'max',
        store('max', text, 1),
        running((max = -Infinity, n) => Math.max(max, n)),
      )
      .to('to-max', sinks.max),
    anew
      .fold(
        'cnt',
        store('cnt', text, 1),
        running((cnt = 0) => cnt + 1),
      )
      .to('to-cnt', sinks.cnt),
  );
}

/** The same without any state. */
export const echoTopology = (): Topology =>
  topology('echo').source('data', [data]).stage('pairs', pairOf).to('echo', sinks.echo, { key: keyOf });

/** Keys and values at random; few keys, so that each has a history. */
export const pairs = (seed: number, count: number, keys = 40): readonly Logged[] =>
  Array.from({ length: count }, (_, i) => ({
    key: String(Math.floor(fraction(seed, `key ${i}`) * keys)),
    value: String(Math.floor(fraction(seed, `value ${i}`) * 10_000)),
  }));
