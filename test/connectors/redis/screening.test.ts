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

/** Runs all rounds; both instances are killed and started again behind each of two faults. */
async function alertsWith(
  snapshots: SnapshotStore | undefined,
  fault: () => Promise<void>,
): Promise<{ alerts: readonly string[]; counted: Counted }> {
  const counted = new Counted();
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
    await fault();
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

/** Every alert record; what order they have between partitions is nobody's business. */
const alertsOf = (cluster: InMemoryCluster): readonly string[] =>
  [...cluster.unread(TOPIC.alerts)]
    .flatMap(({ value }) => (value === null ? [] : [cluster.codecs.sepsisAlert.decode(value)]))
    .map(({ alertId, status, start, end, history }) => JSON.stringify([alertId, status, start, end, history]))
    .toSorted();

describe('the screening with snapshots in Redis', () => {
  const redis = useServer(() => redisServer({ own: true }));
  const nothing = (): Promise<void> => Promise.resolve();
  const storeHere = (prefix = freshPrefix()): RedisSnapshotStore =>
    storeOf({ ...accessOf(redis()), prefix, patience: milliseconds(500) });

  test('restores from them, and gives the alerts that it gives from the log alone', async () => {
    const alone = await alertsWith(undefined, nothing);
    expect(alone.alerts.length).toBeGreaterThan(PATIENTS);
    const { alerts, counted } = await alertsWith(storeHere(), nothing);
    expect(counted.entriesRestored).toBeGreaterThan(0);
    expect(alone.counted.entriesRestored).toBe(0);
    expect(alerts).toEqual(alone.alerts);
  });

  test.each<[string, () => Promise<void>]>([
    [
      'flushed',
      async () => {
        await clientOf(redis()).flushall();
      },
    ],
    [
      'killed, and back with nothing',
      () =>
        redis()
          .kill()
          .then(() => redis().restart()),
    ],
    ['gone', () => redis().kill()],
    [
      'out of memory',
      async () => {
        await clientOf(redis()).call('CONFIG', 'SET', 'maxmemory', '1');
      },
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
    ],
    [
      'that has evicted a key of each task',
      async () => {
        const client = clientOf(redis());
        for (const key of await client.keys('sepsis:*:0')) await client.unlink(key);
      },
    ],
  ])('on a Redis %s gives the same alerts', async (_, fault) => {
    if (!redis().process.isRunning) await redis().restart();
    await clientOf(redis()).call('CONFIG', 'SET', 'maxmemory', '0');
    const { alerts } = await alertsWith(undefined, nothing);
    expect((await alertsWith(storeHere(), fault)).alerts).toEqual(alerts);
  });
});
