import { map } from 'rxjs';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import { type Fold, type FoldStep, nothing } from '../../../topology/model/step.ts';
import { store } from '../../../topology/model/store.ts';
import { type Instant, instant, seconds } from '../../../topology/model/time.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';

/** What is told of a key with each of its values, and once at its end. */
export const RUNNING = ['min', 'max', 'sum', 'cnt', 'avg'] as const;
export const numbers: Topic<string> = topic('numbers', text);
const byKey = topic('numbers.by-key', text, { internal: true });
export const finals: Topic<string> = topic('final', text);

/** After so long without a value of a key it is over: of it comes one result and never another. */
const GRACE = seconds(15);

interface Seen {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly cnt: number;
  readonly last: number;
  readonly told: boolean;
}

const told = ({ min, max, sum, cnt }: Seen): Readonly<Record<(typeof RUNNING)[number], string>> => ({
  min: String(min),
  max: String(max),
  sum: String(sum),
  cnt: String(cnt),
  avg: String(sum / cnt),
});

/** One line per key: `min max sum cnt avg`. */
export const resultOf = (seen: Omit<Seen, 'last' | 'told'>): string =>
  Object.values(told({ ...seen, last: 0, told: false })).join(' ');

const next = (before: string | undefined, pair: string, last: number): Seen => {
  const n = Number(pair.slice(pair.indexOf('=') + 1));
  if (before === undefined) return { min: n, max: n, sum: n, cnt: 1, last, told: false };
  const { min, max, sum, cnt, told } = JSON.parse(before) as Seen;
  return { min: Math.min(min, n), max: Math.max(max, n), sum: sum + n, cnt: cnt + 1, last, told };
};

const running =
  (name: (typeof RUNNING)[number]): FoldStep<string, string, string> =>
  (state, { value }) => {
    const seen = next(state, value, 0);
    return [JSON.stringify(seen), [told(seen)[name]]];
  };

/** Says nothing until the key has been quiet for long enough. */
const suppressed: Fold<string, string, string> = {
  step: (state, { value, timestamp }) => [JSON.stringify(next(state, value, timestamp)), nothing],
  due: (state) => {
    const seen = JSON.parse(state) as Seen;
    return seen.told ? undefined : instant(seen.last + GRACE);
  },
  onTick: (state) => {
    const seen = JSON.parse(state) as Seen;
    return [JSON.stringify({ ...seen, told: true }), [resultOf(seen)]];
  },
};

const tick = (t: Instant): string => `tick ${t}`;
const timeOf = (value: string): Instant | undefined =>
  value.startsWith('tick ') ? instant(Number(value.slice(5))) : undefined;

/** Of the smoke test of Kafka Streams. */
export function smokeTopology(): Topology {
  const keyed = topology('smoke')
    .source('numbers', [numbers])
    .stage(
      'pairs',
      map(({ key, value }) => `${key === null ? '' : text.decode(key)}=${value}`),
    )
    .repartition('by-key', byKey, (pair) => pair.slice(0, pair.indexOf('=')), {
      ticks: { every: seconds(2), valueAt: tick, timeOf },
    });
  return topology('smoke').build(
    ...RUNNING.map((name) =>
      keyed.fold(name, store(name, text, 1), running(name)).to(`to-${name}`, topic(name, text)),
    ),
    keyed.fold('suppressed', store('suppressed', text, 1), suppressed).to('to-final', finals),
  );
}
