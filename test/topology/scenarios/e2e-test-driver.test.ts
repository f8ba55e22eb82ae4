import { describe, expect, test } from 'vitest';
import { type FaultRates, USUAL } from '../../../connectors/memory/simulation/faults.ts';
import { text } from '../../../topology/model/codec.ts';
import type { PolledBatch } from '../../../topology/ports/kafka-driver.ts';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';
import { driverWith } from '../simulation/driver-with.ts';
import { checksums, checksumTopology, numbers } from './checksum-topology.ts';
import { chainFaults, StallWatch } from './checksum-verifier.ts';
import { pairs } from './eos-topology.ts';
import { type Log, Scenario, type ScenarioOptions } from './scenario.ts';

const TROUBLE = 4_000;
const PARTITIONS = [0, 1, 2, 3];
/** A dead owner's partitions stand until its session and its transaction have timed out, several times over here. */
const STALL_LIMIT = 12_000;

/** The end of a transaction does not arrive, or nobody hears that it did. */
const ENDS_LOST: FaultRates = {
  of: (request) => (request === 'end-txn' ? 0.25 : 0.003),
  kinds: ['lost-request', 'lost-answer'],
};

interface Run {
  readonly scenario: Scenario;
  readonly watch: StallWatch;
}

/** Faults in every request, kills and restarts; then quiet until all is done, or for so long. */
async function run(seed: number, options: ScenarioOptions = {}, quietMs?: number): Promise<Run> {
  const scenario = new Scenario(checksumTopology(), { seed, partitions: 4, faults: USUAL, ...options });
  const watch = new StallWatch(STALL_LIMIT);
  const looked = (): boolean => {
    for (const partition of PARTITIONS) {
      const { end } = scenario.cluster.broker.log({ topic: numbers.name, partition });
      const committed = scenario.committedOffset(numbers.name, partition);
      watch.look(scenario.now, `${numbers.name}/${partition}`, committed, end);
    }
    return false;
  };
  scenario.start();
  scenario.feed(numbers.name, pairs(seed, 200, 12), TROUBLE);
  scenario.disturb(8, TROUBLE);
  await scenario.until('trouble is over', () => looked() || scenario.now >= TROUBLE);
  scenario.faults.over = true;
  const quiet = scenario.now + (quietMs ?? 0);
  await scenario.until(
    'all is done',
    () => looked() || (quietMs === undefined ? scenario.lag() === 0 : scenario.now >= quiet),
  );
  if (quietMs === undefined) await scenario.drained();
  return { scenario, watch };
}

const faultsOf = ({ scenario }: Run): string[] =>
  chainFaults(scenario.read(numbers.name), scenario.read(checksums.name));

/** A client that never hands on some of what it fetched. */
const withholding = (withheld: (batch: PolledBatch) => PolledBatch | undefined): Parts => ({
  driver: driverWith({
    consumer: (consumer) => ({
      ...consumer,
      poll: async (limits) => (await consumer.poll(limits)).flatMap((batch) => withheld(batch) ?? []),
    }),
  }),
});

describe('E2ETestDriver: the checksum chain of every key', () => {
  const runs: readonly (readonly [string, FaultRates, number])[] = [
    ...[11, 12, 13].map((seed) => ['anything fails', USUAL, seed] as const),
    ...[14, 15].map((seed) => ['ends of transactions are lost', ENDS_LOST, seed] as const),
  ];
  test.for(runs)(
    'is the one of its committed input, no partition stalls and no key is orphaned, when %s (%#)',
    async ([, faults, seed]) => {
      const done = await run(seed, { faults });
      expect(faultsOf(done)).toEqual([]);
      expect(done.watch.stalled).toEqual([]);
      expect(done.scenario.read(numbers.name).flat()).toHaveLength(200);
      expect(done.scenario.faults.injected.length).toBeGreaterThan(2);
    },
  );

  test('shows a partition that stalls', async () => {
    const stalls = withholding((batch) =>
      batch.topic === numbers.name && batch.partition === 2 ? undefined : batch,
    );
    const done = await run(11, { parts: stalls, faults: { of: () => 0, kinds: [] } }, 2 * STALL_LIMIT);
    expect(done.watch.stalled).toEqual([`${numbers.name}/2`]);
  });

  test('shows a key that is orphaned although nothing stalls', async () => {
    const orphans = withholding((batch) => ({
      ...batch,
      records: batch.records.filter(
        ({ key }) => batch.topic !== numbers.name || key === null || text.decode(key) !== '7',
      ),
    }));
    const done = await run(11, { parts: orphans });
    expect(done.watch.stalled).toEqual([]);
    expect(faultsOf(done)).toEqual([expect.stringMatching(/^key 7 is an orphan: [1-9]\d* values, 0 links$/)]);
  });
});

describe('the verifier of the chains', async () => {
  const { scenario } = await run(16);
  const [input, output] = [scenario.read(numbers.name), scenario.read(checksums.name)];

  test('accepts what is right', () => {
    expect(chainFaults(input, output)).toEqual([]);
  });

  test.each<[string, (log: Log) => Log]>([
    ['lost', ([first = [], ...rest]) => [first.toSpliced(3, 1), ...rest]],
    [
      'doubled',
      ([first = [], ...rest]) => [first.toSpliced(3, 0, first[3] ?? { key: '', value: '' }), ...rest],
    ],
    ['out of order', ([first = [], ...rest]) => [first.toReversed(), ...rest]],
    [
      'of nobody',
      ([first = [], ...rest]) => [[...first, { key: 'nobody', value: `1 ${'0'.repeat(64)}` }], ...rest],
    ],
    [
      'of another value',
      ([first = [], ...rest]) => [first.with(3, { key: first[3]?.key ?? '', value: '1 0' }), ...rest],
    ],
  ])('shows a link that is %s', (_, mutate) => {
    expect(chainFaults(input, mutate(output))).not.toEqual([]);
  });
});
