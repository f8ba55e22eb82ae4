import { expect, test } from 'vitest';
import { abandonedBy } from '../../../app/sinks/abandoned-by.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import type { Link } from '../../../connectors/memory/link.ts';
import { direct } from '../../../connectors/memory/link.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { GROUP, SinkRig } from './sink-rig.ts';

/** A worker has died in the middle of a commit; another one has joined, which ends what others left open or does not. */
async function diedInCommit(frees: boolean) {
  const rig = new SinkRig();
  let dies = false;
  let isDead = false;
  const link: Link = {
    call: async (request, apply) => {
      if (request === 'end-txn' && dies) isDead = true;
      // Of a dead one nothing arrives any more.
      return isDead ? new Promise<never>(() => {}) : apply();
    },
  };
  const beat = { clock: rig.clock, heartbeat: milliseconds(100) };
  const driver = new MemoryDriver(rig.broker, { link, ...beat });
  const accepts = { send: () => Promise.resolve() };
  const dead = rig.start(accepts, { driver });
  await rig.until(() => dead.worker.state === 'running');
  rig.append('k=1');
  await rig.until(() => rig.done.length === 1);
  dies = true;
  rig.append('k=2');
  await rig.until(() => isDead);
  const next = new MemoryDriver(rig.broker, { link: direct, ...beat });
  const abandoned = abandonedBy(next, rig.clock, GROUP, 'b');
  const { worker } = rig.start(accepts, {
    driver: next,
    slot: 'b',
    ...(frees ? { freed: (reading, partitions) => abandoned.freed(reading, partitions) } : {}),
  });
  return { rig, worker };
}

test('whoever takes over from one that died in a commit ends it, and waits for its session alone', async () => {
  const { rig, worker } = await diedInCommit(true);
  // A session of 10 s, and 0.3 s until it is held up.
  await rig.until(() => worker.partitions.length > 0 && worker.state === 'running', 12_000);
  await rig.until(() => rig.done.length === 2);
  expect(rig.done).toEqual(['0/0', '0/1']);
  expect(rig.told).toEqual([]);
});

test('who does not end it waits as long as the broker keeps it', async () => {
  const { rig, worker } = await diedInCommit(false);
  await rig.pass(30_000);
  expect(worker.partitions).toEqual([]);
  expect(new Set(rig.told)).toEqual(new Set(['retrying unstable-offsets']));
});
