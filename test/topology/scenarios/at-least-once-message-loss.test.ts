import { describe, expect, test } from 'vitest';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { type FaultRates, USUAL } from '../../../connectors/memory/simulation/faults.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import type { ProducerPort } from '../../../topology/ports/kafka-driver.ts';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';
import { echoTopology, eosTopology, OUTPUTS, pairs } from './eos-topology.ts';
import { eosFaults, logsOf } from './eos-verifier.ts';
import type { Log, Logged } from './scenario.ts';
import { Scenario } from './scenario.ts';

const SEND_FAILS: FaultRates = {
  of: (request) => (request === 'produce' ? 0.15 : 0.01),
  kinds: ['lost-request', 'lost-answer', 'unavailable', 'crash-before', 'crash-after'],
};

/** Input records that the echo does not hold, of all partitions. */
function lost(data: Log, echo: Log): Logged[] {
  const there = new Set(echo.flat().map(({ value }) => value));
  return data.flat().filter(({ key, value }) => !there.has(`${key}=${value}`));
}

/** Of every third send only the first half gets there, and the rest is refused. */
function refusing(refused: { sends: number }): Parts {
  let sends = 0;
  return {
    driver: (broker, process) =>
      new (class extends MemoryDriver {
        override producer(): ProducerPort {
          const inner = super.producer();
          return {
            send: async (topic, records) => {
              if (++sends % 3 !== 0) return inner.send(topic, records);
              refused.sends++;
              await inner.send(topic, records.slice(0, records.length / 2));
              throw new StreamsError('broker-unavailable', 'The batch is too large now.');
            },
            close: () => inner.close(),
          };
        }
      })(broker, process),
  };
}

describe('AtLeastOnceDeliveryMessageLossIntegrationTest', () => {
  test('shouldCommitOffsetsAndProduceOutputRecordsWhenProducerFails: every record comes out, and then its offset is committed', async () => {
    const refused = { sends: 0 };
    const options = {
      partitions: 1,
      instances: 1,
      guarantee: 'at-least-once',
      parts: refusing(refused),
    } as const;
    const scenario = new Scenario(echoTopology(), options);
    scenario.start();
    scenario.feed('data', pairs(1, 120), 1_000);
    let looks = 0;
    await scenario.until('all input is committed', () => {
      looks++;
      // Never is an offset committed before what it stands for is there.
      const committed = scenario
        .records('data')
        .map((records, partition) =>
          records.filter(({ offset }) => offset < scenario.committedOffset('data', partition)),
        );
      const known = scenario.read('data').map((records, p) => records.slice(0, committed[p]?.length ?? 0));
      expect(lost(known, scenario.read('echo'))).toEqual([]);
      return scenario.now >= 1_100 && scenario.lag() === 0;
    });
    expect(looks).toBeGreaterThan(100);
    expect(refused.sends).toBeGreaterThan(2);
    expect(scenario.committedOffset('data', 0)).toBe(120);
  });

  test.for([
    ['sends fail', SEND_FAILS],
    ['anything fails', USUAL],
  ] as const)('at least once loses nothing when %s and workers are killed', async ([, faults]) => {
    let doubled = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const scenario = new Scenario(eosTopology(), {
        seed,
        partitions: 3,
        guarantee: 'at-least-once',
        faults,
      });
      scenario.start();
      // Few keys would hide a loss behind an equal pair.
      const input = pairs(seed, 120, 100_000);
      scenario.feed('data', input, 3_000);
      scenario.disturb(6, 3_000);
      await scenario.pass(3_000);
      scenario.faults.over = true;
      await scenario.drained();
      const [data, echo] = [scenario.read('data'), scenario.read('echo')];
      expect(new Set(input.map(({ key, value }) => `${key}=${value}`)).size).toBe(120);
      expect(lost(data, echo)).toEqual([]);
      // A key that is told of in the echo has come through the whole topology.
      for (const name of OUTPUTS)
        expect(
          new Set(
            scenario
              .read(name)
              .flat()
              .map(({ key }) => key),
          ),
        ).toEqual(new Set(input.map(({ key }) => key)));
      if (eosFaults(logsOf(scenario)).length > 0) doubled++;
    }
    expect(doubled).toBeGreaterThan(0);
  });
});
