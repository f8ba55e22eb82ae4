import { describe, expect, test } from 'vitest';
import { type FaultRates, NONE } from '../../../connectors/memory/simulation/faults.ts';
import { eosTopology, OUTPUTS, type Output, pairs } from './eos-topology.ts';
import { eosFaults, logsOf } from './eos-verifier.ts';
import { type Logged, Scenario, type ScenarioOptions } from './scenario.ts';

/** Besides those at random times, kills in the middle of a transaction: there `kill -9` with a long commit interval hits. */
const KILLED_IN_TRANSACTIONS: FaultRates = {
  of: (request) => (['produce', 'txn-offset-commit', 'end-txn'].includes(request) ? 0.03 : 0),
  kinds: ['crash-before', 'crash-after'],
};

const RECORDS = 300;
const TROUBLE = 4_000;

/** Three clients, which are killed, stopped and started at random while records come in. */
async function run(seed: number, options: ScenarioOptions = {}, disturbed = 14): Promise<Scenario> {
  const faults = KILLED_IN_TRANSACTIONS;
  const scenario = new Scenario(eosTopology(), { seed, partitions: 5, instances: 3, faults, ...options });
  scenario.start();
  scenario.feed('data', pairs(seed, RECORDS), TROUBLE);
  scenario.disturb(disturbed, TROUBLE);
  await scenario.pass(TROUBLE);
  scenario.faults.over = true;
  await scenario.drained();
  await scenario.stop();
  return scenario;
}

describe('streams_eos_test.py: EosTestDriver', () => {
  test('clients killed, stopped and started at random, 4 seeds: echo, min, sum, max and cnt after every record', async () => {
    let aborted = 0;
    for (const seed of [1, 2, 3, 4]) {
      const scenario = await run(seed);
      const logs = logsOf(scenario);
      expect(eosFaults(logs), `seed ${seed}`).toEqual([]);
      expect(logs.data.flat()).toHaveLength(RECORDS);
      aborted += scenario.aborted(OUTPUTS);
    }
    // The kills were worth something: they hit transactions that were open.
    expect(aborted).toBeGreaterThan(0);
  });

  test('the same clients at least once double records, and the verifier says so', async () => {
    let doubled = 0;
    for (const seed of [1, 2, 3, 4]) {
      const logs = logsOf(await run(seed, { guarantee: 'at-least-once' }));
      if (eosFaults(logs).length > 0) doubled++;
    }
    expect(doubled).toBeGreaterThan(0);
  });
});

type Mutation = (records: readonly Logged[], at: number) => readonly Logged[];

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'is dropped': (records, at) => records.toSpliced(at, 1),
  'is doubled': (records, at) => records.toSpliced(at, 0, records[at] as Logged),
  'changes places with the next that differs': (records, at) => {
    const [one] = records.slice(at) as [Logged];
    const other = records.findIndex(
      (next, i) => i > at && `${next.key} ${next.value}` !== `${one.key} ${one.value}`,
    );
    return records.with(at, records[other] as Logged).with(other, one);
  },
  'has another value': (records, at) => records.with(at, { key: records[at]?.key ?? '', value: '-1' }),
  'has another key': (records, at) => records.with(at, { key: 'nobody', value: records[at]?.value ?? '' }),
  'comes once more at the end': (records, at) => [...records, records[at] as Logged],
};

describe('the verifier of the EosTestDriver', async () => {
  const { data, outputs } = logsOf(await run(5, { faults: NONE }, 0));

  test('accepts what is right', () => {
    expect(eosFaults({ data, outputs })).toEqual([]);
  });

  test.for(OUTPUTS.flatMap((name) => Object.keys(MUTATIONS).map((how) => [name, how] as [Output, string])))(
    'sees a record of %s that %s',
    ([name, how]) => {
      const log = outputs[name] ?? [];
      log.forEach((records, partition) => {
        for (const at of [0, Math.floor(records.length / 2), records.length - 2]) {
          const mutated = MUTATIONS[how]?.(records, at) ?? records;
          const found = eosFaults({ data, outputs: { ...outputs, [name]: log.with(partition, mutated) } });
          expect(found).toHaveLength(1);
          expect(found[0]).toContain(`${name}/${partition}: `);
        }
      });
    },
  );

  test('sees an input record that no output knows', () => {
    const [first = []] = data;
    const more = data.with(0, [...first, { key: first[0]?.key ?? '', value: '1' }]);
    expect(eosFaults({ data: more, outputs })).toHaveLength(OUTPUTS.length);
  });
});
