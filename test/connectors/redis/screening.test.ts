import { describe, expect, test } from 'vitest';
import { type InMemoryCluster, inMemoryCluster } from '../../../app/cluster/in-memory-cluster.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import type { RedisSnapshotStore } from '../../../connectors/redis/snapshot-store.ts';
import { screeningRules } from '../../../operators/screening-rules.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { text } from '../../../topology/model/codec.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import type { SnapshotStore } from '../../../topology/ports/snapshot-store.ts';
import { HOUR, T0 } from '../../operators/events.ts';
import { quantity, valued } from '../../operators/fhir.ts';
import { Counted } from '../../oracle/counted.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { accessOf, clientOf, freshPrefix, storeOf } from './redis-world.ts';

const PATIENTS = 20;
const ROUNDS = 6;

/** Of every patient a fast breath and, in some rounds, a low pressure: episodes open, grow and end. */
function vitalsOf(round: number): readonly OutgoingRecord[] {
  return Array.from({ length: PATIENTS }, (_, patient) => {
    const at = T0 + round * 2 * HOUR + patient;
    const low = (round + patient) % 3 === 0;
    const of = {
      subject: { reference: `Patient/p${patient}` },
      effectiveDateTime: new Date(at).toISOString(),
    };
    return [
      valued('9279-1', { valueQuantity: quantity(24, '/min') }, { ...of, id: `rr-${patient}-${round}` }),
      valued(
        '8480-6',
        { valueQuantity: quantity(low ? 90 : 130, 'mm[Hg]') },
        { ...of, id: `sbp-${patient}-${round}` },
      ),
    ];
  })
    .flat()
    .map((resource) => ({
      key: null,
      value: text.encode(JSON.stringify(resource)),
      timestamp: T0,
      headers: {},
    }));
}

/** Also takes note of what went wrong with snapshots. */
class Noting extends Counted {
  readonly faults: Set<string> = new Set();

  snapshotFailed(_task: string, error: string): void {
    this.faults.add(error);
  }
}

/** Runs all rounds; both instances are killed and started again behind each of two faults, numbered from 0. */
async function alertsWith(
  snapshots: SnapshotStore | undefined,
  fault: (time: number) => Promise<void>,
): Promise<{ alerts: readonly string[]; counted: Noting }> {
  const counted = new Noting();
  const cluster = await inMemoryCluster({
    rules: screeningRules({ trustTimestamp: false }),
    clock: new ManualClock(T0),
    partitions: 2,
    instances: 2,
    telemetry: counted,
    limits: { snapshotRecords: 5 },
    ticks: false,
    ...(snapshots === undefined ? {} : { snapshots }),
  });
  cluster.start();
  for (let round = 0; round < ROUNDS; round++) {
    cluster.produce(TOPIC.vitals, vitalsOf(round));
    await cluster.drained();
    if (round !== 2 && round !== 4) continue;
    await fault(round === 2 ? 0 : 1);
    for (const slot of cluster.slots) {
      cluster.crashInstance(slot);
      cluster.startInstance(slot);
    }
    await cluster.drained();
  }
  const alerts = alertsOf(cluster);
  await cluster.stop();
  return { alerts, counted };
}

/** The last record of each alert, by patient: what comes before it, and so its id, depends on how two observations of one time met. */
const alertsOf = (cluster: InMemoryCluster): readonly string[] => {
  const last = new Map<string, string>();
  for (const { value } of cluster.unread(TOPIC.alerts)) {
    if (value === null) continue;
    const { alertId, patient, status, start, end, history } = cluster.codecs.sepsisAlert.decode(value);
    last.set(alertId, JSON.stringify([patient, status, start, end, history]));
  }
  return [...last.values()].toSorted();
};

describe('the screening with snapshots in Redis', () => {
  const redis = useServer(() => redisServer({ own: true }));
  const nothing = (): Promise<void> => Promise.resolve();
  /** What the server held at the first fault. */
  const then = new Map<string, Buffer>();
  const storeHere = (told: string[] = []): RedisSnapshotStore =>
    storeOf({
      ...accessOf(redis()),
      prefix: freshPrefix(),
      patience: milliseconds(1_500),
      onUnreadable: (_, why) => told.push(why),
    });

  test('restores from them, and gives the alerts that it gives from the log alone', async () => {
    const alone = await alertsWith(undefined, nothing);
    expect(alone.alerts.length).toBeGreaterThanOrEqual(PATIENTS);
    const { alerts, counted } = await alertsWith(storeHere(), nothing);
    expect(counted.entriesRestored).toBeGreaterThan(0);
    expect(alone.counted.entriesRestored).toBe(0);
    expect(alerts).toEqual(alone.alerts);
  });

  test.each<[string, (time: number) => Promise<void>, seen: string]>([
    [
      'flushed',
      async () => {
        await clientOf(redis()).flushall();
      },
      'nothing',
    ],
    [
      'killed, and back with nothing',
      () =>
        redis()
          .kill()
          .then(() => redis().restart()),
      'nothing',
    ],
    ['gone', () => redis().kill(), 'snapshot-store-unavailable'],
    [
      'out of memory',
      async () => {
        await clientOf(redis()).call('CONFIG', 'SET', 'maxmemory', '1');
      },
      'snapshot-store-unavailable',
    ],
    [
      'with a bit of every state changed',
      async () => {
        const client = clientOf(redis());
        for (const key of await client.keys('sepsis:*:[01]')) {
          for (const field of await client.hkeysBuffer(key)) {
            const value = (await client.hgetBuffer(key, field)) ?? Buffer.alloc(1);
            value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
            await client.hset(key, field, value);
          }
        }
      },
      'entry-corrupt',
    ],
    [
      'that has evicted the newest of each task',
      async () => {
        const client = clientOf(redis());
        for (const meta of await client.keys('sepsis:*:meta')) {
          await client.unlink(meta.replace(/meta$/, (await client.hget(meta, 'newest')) ?? ''));
        }
      },
      'entries-lost',
    ],
    [
      'that takes no writes',
      async () => {
        await clientOf(redis()).call('CLIENT', 'PAUSE', '60000', 'WRITE');
      },
      'snapshot-store-unavailable',
    ],
    [
      'that answers late',
      async () => {
        await clientOf(redis()).call('CLIENT', 'PAUSE', '700', 'ALL');
      },
      'nothing',
    ],
    [
      // What a replica that had fallen behind holds when it takes over.
      'that is back at what it held before',
      async (time) => {
        const client = clientOf(redis());
        if (time === 0) {
          for (const key of await client.keys('sepsis:*')) {
            const dump = await client.dumpBuffer(key);
            if (dump !== null) then.set(key, dump);
          }
          return;
        }
        await client.flushall();
        for (const [key, dump] of then) await client.restore(key, 0, dump);
      },
      'nothing',
    ],
  ])('on a Redis %s gives the same alerts', async (_, fault, seen) => {
    if (!redis().process.isRunning) await redis().restart();
    await clientOf(redis()).call('CONFIG', 'SET', 'maxmemory', '0');
    await clientOf(redis()).call('CLIENT', 'UNPAUSE');
    const { alerts } = await alertsWith(undefined, nothing);
    const told: string[] = [];
    const faulty = await alertsWith(storeHere(told), fault);
    expect(faulty.alerts).toEqual(alerts);
    // What is empty is no fault; what fails or is damaged is told.
    expect([...told, ...faulty.counted.faults, 'nothing']).toContain(seen);
  });

  test('on a Redis that is down from the start, and comes when all is under way, gives the same alerts', async () => {
    if (!redis().process.isRunning) await redis().restart();
    const { alerts } = await alertsWith(undefined, nothing);
    await redis().kill();
    const faulty = await alertsWith(storeHere(), (time) => (time === 0 ? nothing() : redis().restart()));
    expect(faulty.alerts).toEqual(alerts);
    expect([...faulty.counted.faults]).toContain('snapshot-store-unavailable');
  });
});
