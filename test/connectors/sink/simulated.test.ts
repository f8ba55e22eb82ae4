import { expect, test } from 'vitest';
import { fraction } from '../../../connectors/memory/simulation/chance.ts';
import { FAULTS, type FaultRates, NONE, USUAL } from '../../../connectors/memory/simulation/faults.ts';
import type { KafkaDriver, TransactionPort } from '../../../topology/ports/kafka-driver.ts';
import { over } from '../../topology/real/hooked-driver.ts';
import { disorders, repeated } from './outside.ts';
import { SimulatedSinks, type SimulatedSinksSettings } from './simulated-sinks.ts';

const KEYS = 12;
const RECORDS = 150;
const SEEDS = 150;

/** A record of a frozen process may arrive whenever it likes: nothing outside of Kafka can tell that it is stale. */
const WITHOUT_FREEZES: FaultRates = { ...USUAL, kinds: FAULTS.filter((kind) => !kind.startsWith('freeze')) };

/** Every tenth cannot be read, cannot be carried out, or is refused. */
const valueOf = (seed: number, i: number): string => {
  const drawn = fraction(seed, `value ${i}`);
  return drawn < 0.04 ? 'poison' : drawn < 0.07 ? 'bug' : drawn < 0.1 ? 'refuse' : `v${i}`;
};

const times = (seed: number, what: string, n: number): number[] =>
  Array.from({ length: n }, (_, i) => 500 + fraction(seed, `${what} ${i}`) * 4_000);

async function simulated(seed: number, own: Partial<SimulatedSinksSettings> = {}): Promise<SimulatedSinks> {
  const sinks = new SimulatedSinks({
    seed,
    rates: WITHOUT_FREEZES,
    crashes: times(seed, 'crash', 3),
    restarts: times(seed, 'restart', 2),
    ...own,
  });
  await sinks.run(
    Array.from({ length: RECORDS }, (_, i) => [
      `k${Math.floor(fraction(seed, `key ${i}`) * KEYS)}`,
      valueOf(seed, i),
    ]),
  );
  return sinks;
}

/** What is wrong with a run; nothing when every record was carried out, in order, and written of once. */
function faults(sinks: SimulatedSinks): string[] {
  const input = sinks.input;
  const bad = (value: string): boolean => value === 'poison' || value === 'bug' || value === 'refuse';
  // A bug takes what was taken with it along.
  const dead = sinks.dead.map((line) => line.split(' ')[0] ?? '');
  const over = [...sinks.done, ...dead].toSorted();
  const all = input.map(({ name }) => name).toSorted();
  const accepted = new Set(sinks.taken.flatMap(({ records }) => records));
  return [
    ...(input.length === RECORDS ? [] : [`${input.length} records of input`]),
    ...all.filter((name) => !over.includes(name)).map((name) => `${name} is lost`),
    ...over.filter((name, i) => name === over[i - 1]).map((name) => `${name} is written of twice`),
    ...input
      .filter(({ name, value }) => bad(value) !== dead.includes(name) && !withBug(sinks, name))
      .map(({ name }) => `${name} is misjudged`),
    ...sinks.done
      .filter((name) => !accepted.has(name))
      .map((name) => `${name} is said to be accepted, and was not`),
  ];
}

/** Whether a record became a dead letter because of a bug that another one of its lane met. */
const withBug = (sinks: SimulatedSinks, name: string): boolean => sinks.dead.includes(`${name} step-failed`);

test(`${SEEDS} seeds of lost requests, crashes and rebalances: each record is carried out, in its key's order, and written of once`, async () => {
  let [injected, again] = [0, 0];
  for (let seed = 0; seed < SEEDS; seed++) {
    const sinks = await simulated(seed);
    expect([seed, faults(sinks), disorders(sinks.taken)]).toEqual([seed, [], []]);
    injected += sinks.faults;
    again += repeated(sinks.taken).length;
  }
  // They met what they are there for.
  expect(injected).toBeGreaterThan(SEEDS * 8);
  expect(again).toBeGreaterThan(SEEDS / 2);
});

test('processes that stand still and come back: nothing is lost, and nothing is written of twice', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const sinks = await simulated(seed, { rates: USUAL });
    expect([seed, faults(sinks)]).toEqual([seed, []]);
  }
});

test('without faults nothing is carried out twice', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const sinks = await simulated(seed, { rates: NONE, crashes: [], restarts: [], slow: 0 });
    expect([seed, faults(sinks), disorders(sinks.taken), repeated(sinks.taken)]).toEqual([seed, [], [], []]);
  }
});

/** Sinks on a driver that breaks its word: the judges must see it. */
const BROKEN: Readonly<
  Record<
    string,
    { readonly change: (port: TransactionPort) => Partial<TransactionPort>; readonly seen: RegExp }
  >
> = {
  'what is written is dropped': { change: () => ({ send: () => Promise.resolve([]) }), seen: /is lost/ },
  'what is written is written twice': {
    change: (port) => ({ send: (topic, records) => port.send(topic, [...records, ...records]) }),
    seen: /is written of twice/,
  },
  'offsets run ahead of what is over': {
    change: (port) => ({
      sendOffsets: (offsets, generation) =>
        port.sendOffsets(
          new Map([...offsets].map(([at, { offset }]) => [at, { offset: offset + 2, metadata: '' }])),
          generation,
        ),
    }),
    seen: /is lost|lies outside of the log|ends at offset/,
  },
  'what is said beside the offsets is forgotten': {
    change: (port) => ({
      sendOffsets: (offsets, generation) =>
        port.sendOffsets(
          new Map([...offsets].map(([at, { offset }]) => [at, { offset, metadata: '' }])),
          generation,
        ),
    }),
    seen: /is written of twice/,
  },
};

test.each(Object.entries(BROKEN))('it is seen when %s', async (_what, { change, seen }) => {
  const driver = (real: KafkaDriver): KafkaDriver =>
    over(real, {
      transactions: (options) => {
        const port = real.transactions(options);
        return over(port, change(port));
      },
    });
  const found: string[] = [];
  for (let seed = 0; seed < 10 && found.length === 0; seed++) {
    const said = await simulated(seed, { driver }).then(faults, (error: unknown) => [String(error)]);
    found.push(...said.filter((line) => seen.test(line)));
  }
  expect(found.length).toBeGreaterThan(0);
});

test('it is seen when records of a key are carried out out of their order', () => {
  const taken = (records: string[]) => ({ key: 'k', records, by: 'a', at: 0 });
  expect(disorders([taken(['0/1']), taken(['0/2']), taken(['0/1'])])).toEqual(['k: 0/1 of a after 0/2 of a']);
  expect(disorders([taken(['0/1', '0/2']), taken(['0/2', '0/3'])])).toHaveLength(1);
  // Once more, and more with it, is what a crash leads to.
  expect(disorders([taken(['0/1', '0/2']), taken(['0/1', '0/2', '0/3']), taken(['0/4'])])).toEqual([]);
});
