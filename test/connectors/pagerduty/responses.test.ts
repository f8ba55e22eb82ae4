import { describe, expect, test } from 'vitest';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { ResponseLog } from '../../../connectors/pagerduty/response-log.ts';
import { alertOf, HOUR, NOON, resolved, updated } from './alerts.ts';
import { topicsInMemory } from './sink-world.ts';
import { patient, type StormRig } from './storm-rig.ts';
import { useStorm } from './use-storm.ts';

const topics = await topicsInMemory();
const A1 = 'a1'.repeat(32);
let it: StormRig;
const start = useStorm(topics);
const begin = async (keys?: readonly string[]): Promise<StormRig> => {
  it = await start(keys);
  return it;
};

const reasons = (): string[] =>
  it.world.audit.map(({ decision, reason }) => `${decision} ${reason}`).toSorted();

describe('what people do', () => {
  /** Members with the log of the responses, as the process has it. */
  const memberWithLog = (slot: string) => {
    const member = it.member({ slot });
    const driver = new MemoryDriver(it.world.broker);
    const log = new ResponseLog(driver, it.clock);
    void log.follow(
      (response) => member.sink.responded(response),
      new AbortController().signal,
      () => {},
    );
    return { ...member, log };
  };

  test('an acknowledgement that comes to any instance is heeded by the one that owns the patient, once', async () => {
    await begin();
    const members = [memberWithLog('a'), memberWithLog('b')];
    it.world.append(
      NOON,
      ...Array.from({ length: 8 }, (_, i) => patient(i, NOON, { end: NOON + 40 * HOUR })),
    );
    await it.carriedOut();
    for (const [i, { key }] of it.server.incidents.all.entries()) {
      const { log } = members[i % 2]!;
      for (let times = 0; times < 2; times++) void log.append({ key, kind: 'acknowledged', at: it.time.now });
      await it.pass(1_000);
    }
    await it.pass(5_000);
    expect(reasons().filter((line) => line.startsWith('ACK'))).toEqual(
      Array.from({ length: 8 }, () => 'ACKNOWLEDGED acknowledged'),
    );
    const states = [...it.world.journal.states.values()].flatMap(({ alerts }) => Object.values(alerts));
    expect(states.flatMap(({ pages }) => pages.map(({ state }) => state))).toEqual(
      Array.from({ length: 8 }, () => 'acknowledged'),
    );
  });

  test('an acknowledgement is known to who takes the patient over, also when nobody owned him when it came', async () => {
    await begin();
    const { kill, log } = memberWithLog('a');
    it.world.append(NOON, alertOf({ end: NOON + 40 * HOUR }));
    await it.carriedOut();
    kill();
    void log.append({ key: A1, kind: 'resolved', at: it.time.now });
    await it.pass(1_000);
    memberWithLog('b');
    await it.until(() => reasons().includes('ACKNOWLEDGED resolved-by-people'));
    it.world.append(it.time.now, updated({ end: NOON + 40 * HOUR }));
    it.world.append(it.time.now, resolved({ end: NOON + 40 * HOUR }));
    await it.carriedOut();
    // It was resolved by then: nobody is paged, and nothing is taken back.
    expect(it.server.taken.map(({ event_action }) => event_action)).toEqual(['trigger']);
  });
});
