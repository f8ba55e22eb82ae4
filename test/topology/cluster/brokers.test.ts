import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { seconds } from '../../../topology/model/time.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { moveLeaders, OFFSETS, TRANSACTIONS } from './brokers.ts';
import { SLOTS } from './fleet.ts';
import { TOPICS } from './judge.ts';
import { Rig } from './rig.ts';

/** Version of the transaction protocol. */
const VERSION = process.env['TRANSACTIONS'] === '1' ? 1 : 2;
const OUTAGE = seconds(Number(process.env['OUTAGE_SECONDS'] ?? 70));
/** Longer than a request of a worker may take, 10 s. */
const HANG = seconds(12);

const kafka = useServer(() => kafkaServer({ own: true, brokers: 3, transactionVersion: VERSION }));
let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(kafka());
});
afterAll(async () => {
  await rig.stop();
});

describe('three workers on three brokers, replication 3, two in sync: nothing lost, nothing doubled, order kept', () => {
  test('each broker in turn is killed, leading partitions and coordinating, and comes back', async () => {
    const hit = new Set<string>();
    const { faults } = await rig.judged('each is killed', async () => {
      for (const broker of kafka().brokers) {
        for (const what of await rig.ledBy(broker.id)) hit.add(what);
        await broker.process.kill();
        // The other two go on alone.
        await rig.working();
        await broker.restart();
        await rig.healed();
      }
    });
    expect(faults).toEqual([]);
    expect([...hit]).toEqual(expect.arrayContaining(['group', ...SLOTS, 'numbers/0', 'checksums/0']));
    expect(rig.fleet.ended).toEqual([]);
  });

  test('each broker in turn is restarted in good order', async () => {
    const { faults } = await rig.judged('a rolling restart', async () => {
      for (const broker of kafka().brokers) {
        await broker.restart();
        await rig.healed();
      }
    });
    expect(faults).toEqual([]);
    expect(rig.fleet.ended).toEqual([]);
  });

  test('coordinators and leaders move while all brokers stay', async () => {
    const { faults } = await rig.judged('leaders and coordinators move', async () => {
      await moveLeaders(kafka(), [OFFSETS, TRANSACTIONS]);
      await rig.working();
      await moveLeaders(kafka(), TOPICS);
    });
    expect(faults).toEqual([]);
    expect(rig.fleet.ended).toEqual([]);
  });

  test('a broker hangs for longer than a request may take, and goes on', async () => {
    const [first] = kafka().brokers;
    const { faults } = await rig.judged('a broker hangs', async () => {
      first?.process.pause();
      await systemClock.sleep(HANG);
      first?.process.resume();
    });
    expect(faults).toEqual([]);
    expect(rig.fleet.ended).toEqual([]);
  });

  test(`all brokers are away for ${OUTAGE / 1_000} s: the workers wait, say for what, and go on`, async () => {
    const { faults, silence } = await rig.judged('all are away', async () => {
      const since = Date.now();
      await kafka().kill();
      // One that starts while nobody is there waits like those that were.
      await rig.fleet.replace('slot-2');
      await systemClock.sleep(OUTAGE);
      for (const slot of SLOTS)
        expect(new Set(rig.fleet.heard('retrying', since, slot).map(({ line }) => line))).toContain(
          'retrying broker-unavailable',
        );
      await kafka().restart();
    });
    expect(faults).toEqual([]);
    expect(rig.fleet.ended).toEqual([]);
    // Refused connections, and pauses that grow to a second: whoever waits for longer has hung.
    expect(silence).toBeLessThan(30_000);
  });

  test("Java's own reader sees what was judged, and the workers end in good order", async () => {
    expect(await rig.stop()).toEqual([0, 0, 0]);
    const { stdout } = await kafka().tool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      ...`--bootstrap-server ${kafka().bootstrap} --topic checksums --from-beginning`.split(' '),
      ...'--isolation-level read_committed --timeout-ms 8000'.split(' '),
    ]);
    const links = stdout.split('\n').filter((line) => /^\d+ [0-9a-f]{64}$/.test(line));
    expect(links.length).toBeGreaterThanOrEqual(rig.sent);
    expect(new Set(links).size).toBe(links.length);
  });
});
