import { expect, test } from 'vitest';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import type { Link } from '../../../connectors/memory/link.ts';
import type { Sink } from '../../../connectors/sink/sink.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { SinkRig } from './sink-rig.ts';

const accepts = { send: () => Promise.resolve() };

test('a commit that fails behind a rebalance fails for who owns the partitions by then: all begins again, and goes on', async () => {
  const rig = new SinkRig();
  let isHeld = false;
  let goOn: (() => void) | undefined;
  let isLost = false;
  let fails = false;
  const link: Link = {
    call: async (request, apply) => {
      if (request === 'heartbeat' && isLost) {
        isLost = false;
        throw new StreamsError('generation-fenced', 'The group has gone on.');
      }
      if (request === 'produce' && fails) {
        fails = false;
        throw new StreamsError('request-timed-out', 'No answer.');
      }
      const answer = await apply();
      // It stands, and nobody here knows.
      if (request === 'end-txn' && isHeld) {
        isHeld = false;
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
      return answer;
    },
  };
  let sent: string[] = [];
  const driver = new MemoryDriver(rig.broker, { link, clock: rig.clock, heartbeat: milliseconds(100) });
  const { worker, sink } = rig.start(
    {
      send: (records) => {
        sent.push(...records.map(({ key }) => key));
        return Promise.resolve();
      },
    },
    { driver },
  );
  await rig.until(() => worker.state === 'running');
  isHeld = true;
  rig.append('a=0');
  await rig.until(() => goOn !== undefined);
  // Its commit is asked for, and waits behind the one that is held.
  rig.append('b=1');
  await rig.until(() => sent.includes('b'));
  sent = [];
  isLost = true;
  // What was not committed is carried out by the new assignment.
  await rig.until(() => sent.includes('b'));
  expect([worker.state, isLost, rig.committed()?.offset]).toEqual(['running', false, 1]);
  fails = true;
  goOn?.();
  await rig.until(() => rig.committed()?.offset === 2);
  expect(fails).toBe(false);
  expect(rig.done).toEqual(['0/0', '0/1']);
  expect(rig.told).toContain('retrying request-timed-out');
  rig.append('b=2');
  await rig.until(() => rig.committed()?.offset === 3);
  expect([rig.done, sink.open_]).toEqual([['0/0', '0/1', '0/2'], ['0']]);
});

test('a member that is stopped while its sink opens a partition gives that up, and is gone', async () => {
  const rig = new SinkRig();
  const seen: string[] = [];
  const waits: Sink<string> = {
    name: 'waits',
    open: (_at, signal) =>
      new Promise((resolve) => {
        seen.push('opening');
        signal.addEventListener('abort', () => {
          seen.push('given up');
          resolve();
        });
      }),
    close: () => void seen.push('closed'),
    deliver: () => Promise.reject(new Error('Nothing is open.')),
  };
  const { worker } = rig.start(accepts, { sink: waits });
  await rig.until(() => seen.length > 0);
  await rig.pass(1_000);
  expect([seen, worker.state]).toEqual([['opening'], 'joining']);
  await rig.ended(worker.stop());
  expect(seen).toEqual(['opening', 'given up', 'closed']);
  // Nobody waits for it to be taken for dead.
  rig.append('k=0');
  rig.start(accepts, { slot: 'b' });
  await rig.until(() => rig.done.length === 1, 5_000);
});
