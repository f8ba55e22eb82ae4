import { describe, expect, test } from 'vitest';
import { chance } from '../../../connectors/memory/simulation/chance.ts';
import { USUAL } from '../../../connectors/memory/simulation/faults.ts';
import { type Logged, Scenario } from './scenario.ts';
import { finals, numbers, RUNNING, resultOf, smokeTopology } from './smoke-topology.ts';

const KEYS = 10;
const TROUBLE = 4_000;

/** Every value from `low` to `high` comes once, out of place by less than ten. */
function shuffled(seed: number, low: number, high: number): number[] {
  const values = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  for (let i = 0; i < values.length; i++) {
    const j = i + (chance(seed, `${low} ${i}`) % Math.min(10, values.length - i));
    [values[i], values[j]] = [values[j] as number, values[i] as number];
  }
  return values;
}

/** The key says what its values are, so that what must come out is known. */
const rangeOf = (key: string): readonly [number, number] => {
  const [low, high] = key.split('..').map(Number);
  return [low ?? 0, high ?? 0];
};
const keysOf = (seed: number): readonly string[] =>
  Array.from({ length: KEYS }, (_, i) => `${100 * i}..${100 * i + 10 + (chance(seed, `length ${i}`) % 20)}`);

/** All values of all keys, those of one key in their shuffled order and the keys by chance. */
function input(seed: number): Logged[] {
  const left = keysOf(seed).map((key) => ({ key, values: shuffled(seed, ...rangeOf(key)) }));
  const all: Logged[] = [];
  for (let i = 0; left.length > 0; i++) {
    const at = chance(seed, `turn ${i}`) % left.length;
    const { key, values } = left[at] as (typeof left)[number];
    all.push({ key, value: String(values.shift()) });
    if (values.length === 0) left.splice(at, 1);
  }
  return all;
}

/** From the key alone. */
function knownOf(key: string): Readonly<Record<'min' | 'max' | 'sum' | 'cnt' | 'avg', number>> {
  const [min, max] = rangeOf(key);
  const cnt = max - min + 1;
  return { min, max, cnt, sum: ((min + max) * cnt) / 2, avg: (min + max) / 2 };
}

async function run(seed: number): Promise<{ readonly scenario: Scenario; readonly fed: readonly Logged[] }> {
  const scenario = new Scenario(smokeTopology(), { seed, partitions: 4, faults: USUAL });
  const fed = input(seed);
  scenario.start();
  scenario.feed(numbers.name, fed, TROUBLE);
  scenario.disturb(8, TROUBLE);
  await scenario.pass(TROUBLE);
  scenario.faults.over = true;
  await scenario.drained();
  return { scenario, fed };
}

describe('SmokeTestDriver', () => {
  test('the values of a key are all of its range, out of place by less than ten', () => {
    const values = shuffled(1, 0, 99);
    expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(values).not.toEqual(values.toSorted((a, b) => a - b));
    values.forEach((value, at) => expect(at - value).toBeGreaterThan(-10));
  });

  test.for([21, 22, 23])(
    'min, max, sum, cnt and avg end with the known values of each key, and its final result comes once, seed %i',
    async (seed) => {
      const { scenario, fed } = await run(seed);
      const keys = keysOf(seed);
      // While values may still come nothing is final.
      expect(scenario.read(finals.name).flat()).toEqual([]);
      for (const name of RUNNING) {
        const out = scenario.read(name).flat();
        expect(out).toHaveLength(fed.length);
        const last = new Map(out.map(({ key, value }) => [key, Number(value)]));
        expect(last).toEqual(new Map([...last.keys()].map((key) => [key, knownOf(key)[name]])));
        expect(last.size).toBe(KEYS);
      }
      await scenario.pass(20_000);
      scenario.cluster.crash('slot-0');
      await scenario.pass(20_000);
      const results = scenario.read(finals.name).flat();
      const expected = keys.map((key) => ({ key, value: resultOf(knownOf(key)) }));
      expect(results.toSorted((a, b) => a.key.localeCompare(b.key))).toEqual(
        expected.toSorted((a, b) => a.key.localeCompare(b.key)),
      );
      expect(scenario.faults.injected.length).toBeGreaterThan(2);
    },
  );
});
