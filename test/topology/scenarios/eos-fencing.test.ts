import { describe, expect, test } from 'vitest';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';
import { Violation } from '../../../topology/testing/simulation/violation.ts';
import { driverWith, untold } from '../simulation/driver-with.ts';
import { eosTopology, OUTPUTS, pairs } from './eos-topology.ts';
import { eosFaults, logsOf } from './eos-verifier.ts';
import { Scenario } from './scenario.ts';

const STALL = 6_000;
const SEEDS = [1, 2, 3, 4, 5, 6];
/** With a batch processed and no transaction open; with outputs in the transaction; with the offsets in it too. */
type Point = 'begin' | 'send' | 'sendOffsets';

interface Seen {
  starts: number;
  stalledAt: number;
  /** The transaction in which it stalled was committed after all. */
  committed: boolean;
}

/**
 * The first worker of slot-0 stops for six seconds in its third transaction. `fencedBy`: what it gives with its offsets;
 * a zombie that nobody `tells` learns of its end by being refused alone.
 */
function stalling(
  point: Point,
  seen: Seen,
  { fencedBy = 'generation', tells = true }: { fencedBy?: 'generation' | 'group'; tells?: boolean } = {},
): Parts {
  let calls = 0;
  let torn = false;
  return {
    started: () => void seen.starts++,
    driver: driverWith({
      ...(!tells && { consumer: untold }),
      transactions: (transactions, broker, _live, process) => {
        const stall = (at: Point): void => {
          if (point !== at || process.name !== 'slot-0#0' || ++calls !== 3) return;
          seen.stalledAt = broker.now;
          torn = true;
          process.freeze(STALL);
        };
        return {
          ...transactions,
          begin: () => {
            transactions.begin();
            if (process.name === 'slot-0#0') torn = false;
            stall('begin');
          },
          commit: async () => {
            await transactions.commit();
            if (process.name === 'slot-0#0' && torn) seen.committed = true;
          },
          send: async (topic, records) => {
            const appended = await transactions.send(topic, records);
            stall('send');
            return appended;
          },
          sendOffsets: async (offsets, generation) => {
            const nobody = { groupId: generation.groupId, generation: -1, memberId: '' };
            await transactions.sendOffsets(offsets, fencedBy === 'group' ? nobody : generation);
            stall('sendOffsets');
          },
        };
      },
    }),
  };
}

/** Two instances; all input is there and committed while the first one stalls. */
async function stalled(seed: number, seen: Seen, parts: Parts): Promise<Scenario> {
  const scenario = new Scenario(eosTopology(), { seed, partitions: 2, instances: 2, parts });
  scenario.start();
  scenario.feed('data', pairs(seed, 60), 1_500);
  await scenario.until('it stalls', () => seen.stalledAt > 0);
  await scenario.until('all input is there', () => scenario.now >= 1_500);
  await scenario.drained();
  expect(scenario.now).toBeLessThan(seen.stalledAt + STALL);
  expect(eosFaults(logsOf(scenario))).toEqual([]);
  return scenario;
}

/** One that is not told may learn only from a refusal that its own next life has its place, and ends. */
async function awake(scenario: Scenario, seen: Seen): Promise<void> {
  try {
    await scenario.until('it is awake', () => scenario.now > seen.stalledAt + STALL + 1_000);
  } catch (error) {
    if (!(error instanceof Violation) || !error.message.includes('has taken the slot')) throw error;
  }
}

describe('EosIntegrationTest.shouldNotViolateEosIfOneTaskGetsFencedUsingIsolatedAppInstances', () => {
  test.for<Point>(['begin', 'send', 'sendOffsets'])(
    'an instance that stalls after %s is replaced, and as a zombie it changes nothing',
    async (point) => {
      let replaced = 0;
      for (const seed of SEEDS) {
        const seen = { starts: 0, stalledAt: 0, committed: false };
        const scenario = await stalled(seed, seen, stalling(point, seen));
        // What it had sent is in the log, and no reader sees it.
        const torn = scenario.aborted([...OUTPUTS, 'by-key', 'again']);
        if (point === 'begin') expect(torn).toBe(0);
        else expect(torn).toBeGreaterThan(0);

        // It comes to itself in the middle of what it did.
        await scenario.until('it is awake', () => scenario.now > seen.stalledAt + STALL + 1_000);
        expect(seen.committed).toBe(false);
        // Some were given up, and another process runs under their name: it has taken their part, and they have ended.
        if (seen.starts > 2) replaced++;
        expect(scenario.cluster.running).toBe(2);
        scenario.feed('data', pairs(seed + 100, 40), 500);
        await scenario.pass(600);
        await scenario.drained();
        await scenario.stop();
        const logs = logsOf(scenario);
        expect(logs.data.flat()).toHaveLength(100);
        expect(eosFaults(logs)).toEqual([]);
      }
      expect(replaced).toBeGreaterThan(0);
      expect(replaced).toBeLessThan(SEEDS.length);
    },
  );

  test('the generation of its assignment is what stops a zombie that nobody tells: with the group id alone it doubles records', async () => {
    const faults = { generation: 0, group: 0 };
    const commits = { generation: 0, group: 0 };
    for (const fencedBy of ['generation', 'group'] as const) {
      for (const seed of SEEDS) {
        const seen = { starts: 0, stalledAt: 0, committed: false };
        const parts = stalling('begin', seen, { fencedBy, tells: false });
        const scenario = await stalled(seed, seen, parts);
        await awake(scenario, seen);
        if (eosFaults(logsOf(scenario)).length > 0) faults[fencedBy]++;
        if (seen.committed) commits[fencedBy]++;
      }
    }
    expect([faults.generation, commits.generation]).toEqual([0, 0]);
    expect(faults.group).toBeGreaterThan(0);
    expect(commits.group).toBeGreaterThan(0);
  });
});
