import { describe, expect, test } from 'vitest';
import { headerText } from '../../../topology/model/record.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { partitionKey } from '../../../topology/ports/kafka-driver.ts';
import { APPLICATION, DEAD_LETTERS, type Parts } from '../../../topology/testing/simulation/cluster.ts';
import { driverWith } from '../simulation/driver-with.ts';
import { echoTopology, eosTopology, OUTPUTS, type Output, pairs } from './eos-topology.ts';
import { eosFaults, logsOf } from './eos-verifier.ts';
import { Scenario, type ScenarioOptions } from './scenario.ts';

const TOPOLOGIES = { echo: echoTopology, eos: eosTopology };
type Kind = keyof typeof TOPOLOGIES;

const outputsOf = (kind: Kind): readonly Output[] => (kind === 'echo' ? ['echo'] : OUTPUTS);

function started(kind: Kind, options: ScenarioOptions = {}): Scenario {
  const scenario = new Scenario(TOPOLOGIES[kind](), { partitions: 2, instances: 1, ...options });
  scenario.start();
  return scenario;
}

/** Everything is committed, of so many records of input, and just what they give is there. */
async function assertExactlyOnce(scenario: Scenario, kind: Kind, records: number): Promise<void> {
  await scenario.drained();
  const logs = logsOf(scenario, outputsOf(kind));
  expect(logs.data.flat()).toHaveLength(records);
  expect(eosFaults(logs)).toEqual([]);
}

const never = new Promise<never>(() => {});

/** Kills the process when its outputs and offsets are in the transaction, and before it is ended. */
const killedBeforeEnd = (when: (offsets: readonly string[]) => boolean): Parts => ({
  driver: driverWith({
    transactions: (transactions, _broker, _live, process) => ({
      ...transactions,
      sendOffsets: async (offsets, generation) => {
        await transactions.sendOffsets(offsets, generation);
        if (!when([...offsets.keys()])) return;
        process.crash();
        await never;
      },
    }),
  }),
});

describe('EosIntegrationTest', () => {
  test.for<[string, Kind, number]>([
    ['shouldBeAbleToRunWithEosEnabled', 'echo', 1],
    ['shouldBeAbleToCommitToMultiplePartitions', 'echo', 5],
    ['shouldBeAbleToRunWithTwoSubtopologies', 'eos', 1],
    ['shouldBeAbleToRunWithTwoSubtopologiesAndMultiplePartitions', 'eos', 5],
  ])('%s: what comes out is what went in (%s, %i partitions)', async ([, kind, partitions]) => {
    const scenario = started(kind, { partitions });
    scenario.feed('data', pairs(1, 60), 500);
    await scenario.pass(600);
    await assertExactlyOnce(scenario, kind, 60);
  });

  test('shouldBeAbleToRestartAfterClose: a closed application goes on where it was', async () => {
    const scenario = started('eos');
    scenario.produce('data', pairs(1, 30));
    await assertExactlyOnce(scenario, 'eos', 30);
    for (let close = 1; close <= 3; close++) {
      scenario.cluster.restart('slot-0');
      await scenario.until('it is closed', () => scenario.cluster.running === 0);
      scenario.produce('data', pairs(close + 1, 30));
      await assertExactlyOnce(scenario, 'eos', 30 + 30 * close);
    }
    expect(scenario.told.of('aborted')).toEqual([]);
  });

  test('shouldBeAbleToPerformMultipleTransactions: a worker commits again and again', async () => {
    // Also behind each poll is a commit.
    const limits = { pollRecords: 5, commitInterval: milliseconds(0) };
    const scenario = started('eos', { limits });
    scenario.produce('data', pairs(1, 100));
    await assertExactlyOnce(scenario, 'eos', 100);
    // Five at a time, each through all three sub-topologies.
    expect(scenario.told.of('committed').length).toBeGreaterThanOrEqual(100 / 5);
  });

  test('shouldBeAbleToCommitMultiplePartitionOffsets: they are committed together or not at all', async () => {
    let kills = 0;
    const parts = killedBeforeEnd((offsets) => offsets.length >= 3 && kills++ < 2);
    const scenario = started('echo', { partitions: 5, parts, limits: { pollRecords: 50 } });
    const { transactions } = scenario.cluster.broker.state;
    for (let i = 0; i < 4; i++)
      scenario.cluster.time.after(400 * i, () => scenario.produce('data', pairs(i, 20)));
    let states = 0;
    await scenario.until('all input is committed', () => {
      if (transactions.pendingMarkers().length > 0) return false;
      states++;
      scenario
        .read('echo')
        .forEach((records, partition) =>
          expect(records).toHaveLength(scenario.committedOffset('data', partition)),
        );
      return scenario.now > 1_300 && scenario.lag() === 0;
    });
    expect(states).toBeGreaterThan(20);
    expect(kills).toBeGreaterThan(2);
    // Each transaction that was torn had written to several partitions.
    const torn = scenario
      .read('echo', false)
      .filter((records, partition) => records.length > (scenario.read('echo')[partition]?.length ?? 0));
    expect(torn.length).toBeGreaterThanOrEqual(3);
    await assertExactlyOnce(scenario, 'echo', 80);
  });

  test.for<[string, Kind]>([
    ['shouldNotViolateEosIfOneTaskFails', 'echo'],
    ['shouldNotViolateEosIfOneTaskFailsWithState', 'eos'],
  ])(
    '%s: a crash leaves what only a read-uncommitted consumer sees, and then all of it once',
    async ([, kind]) => {
      let armed = false;
      const parts = killedBeforeEnd((offsets) => {
        const now = armed && offsets.some((at) => at.startsWith('data/'));
        if (now) armed = false;
        return now;
      });
      const scenario = started(kind, { parts });
      scenario.produce('data', pairs(1, 40));
      await assertExactlyOnce(scenario, kind, 40);
      armed = true;
      scenario.produce('data', pairs(2, 20));
      await scenario.until('it is killed', () => !armed);
      expect(scenario.read('echo').flat()).toHaveLength(40);
      expect(scenario.read('echo', false).flat().length).toBeGreaterThan(40);
      scenario.produce('data', pairs(3, 20));
      await assertExactlyOnce(scenario, kind, 80);
      expect(scenario.read('echo', false).flat().length).toBeGreaterThan(80);
    },
  );

  test.for<[string, Kind]>([
    ['shouldNotViolateEosIfOneTaskFails', 'echo'],
    ['shouldNotViolateEosIfOneTaskFailsWithState', 'eos'],
  ])(
    '%s: a record that its step throws on is one dead letter, also through crashes, and the others stand',
    async ([, kind]) => {
      let crashes = 0;
      const parts = killedBeforeEnd((offsets) => {
        const now = crashes < 2 && offsets.some((at) => at.startsWith('data/'));
        if (now) crashes++;
        return now;
      });
      const scenario = started(kind, { parts });
      // The venom is found in a fold, where another fold has changed its state already.
      const poisons = kind === 'echo' ? ['poison'] : ['poison', 'venom'];
      const good = pairs(1, 40);
      const bad = poisons.map((value) => ({ key: good[0]?.key ?? '', value }));
      scenario.produce('data', good.toSpliced(20, 0, ...bad));
      await assertExactlyOnce(scenario, kind, 40 + bad.length);
      expect(crashes).toBe(2);
      const letters = scenario.records(DEAD_LETTERS).flat();
      const steps = letters.map(({ headers }) => headerText(headers, '__streams.errors.step'));
      expect(new Set(steps)).toEqual(new Set(kind === 'echo' ? ['pairs'] : ['pairs', 'sum']));
      expect(steps).toHaveLength(bad.length);
      for (const { headers } of letters)
        expect(headerText(headers, '__streams.errors.reason')).toBe('step-failed');
      expect(scenario.told.of('dead')).toHaveLength(letters.length);
    },
  );

  test('shouldBeAbleToCommitToMultiplePartitions: the metadata of a stateful partition names the state it commits', async () => {
    const scenario = started('eos');
    scenario.produce('data', pairs(1, 30));
    await assertExactlyOnce(scenario, 'eos', 30);
    const at = ['data', 'by-key', 'again'].map((topic) => ({ topic, partition: 0 }));
    const committed = scenario.cluster.broker.committedOf(APPLICATION, at);
    const said = at.map((each) => committed.get(partitionKey(each))?.metadata ?? '');
    // Of the first there is no state.
    expect(JSON.parse(said[0] ?? '')).toEqual({ v: 1, began: expect.any(Number), scope: 'slot-0' });
    for (const text of said.slice(1))
      expect(JSON.parse(text)).toMatchObject({ v: 1, hash: expect.stringMatching(/./) });
  });
});
