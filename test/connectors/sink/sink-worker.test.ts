import { expect, test } from 'vitest';
import type { Opened } from '../../../connectors/sink/sink.ts';
import { type Codec, text } from '../../../topology/model/codec.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { topic } from '../../../topology/model/topic.ts';
import { GROUP, INPUT, SinkRig, START } from './sink-rig.ts';

const accepts = { send: () => Promise.resolve() };
/** Never answers, and ends only when told to. */
const silent = {
  send: (_records: unknown, signal: AbortSignal): Promise<void> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    }),
};

test('what the sink refuses or fails with becomes a dead letter, told by its reason, and the rest goes on', async () => {
  const rig = new SinkRig();
  rig.append('a=bug', 'b=refuse', 'c=fine');
  rig.start(accepts);
  await rig.until(() => rig.committed()?.offset === 3);
  expect(rig.reasons.toSorted()).toEqual(['other-side-refused', 'step-failed']);
  expect(rig.told.toSorted()).toEqual(['dead letter other-side-refused', 'dead letter step-failed']);
  expect(rig.done).toEqual(['0/2']);
});

test('a sink that takes nothing of what waits is a bug: the records become dead letters, and it is not asked for ever', async () => {
  const rig = new SinkRig();
  rig.append('a=1', 'a=2');
  rig.start({ ...accepts, most: () => 0 });
  await rig.until(() => rig.committed()?.offset === 2);
  expect(rig.reasons).toEqual(['step-failed', 'step-failed']);
});

test('a record without key or value is a dead letter', async () => {
  const rig = new SinkRig();
  rig.broker.append(INPUT, [
    { key: null, value: text.encode('x'), timestamp: 1 },
    { key: text.encode('k'), value: null, timestamp: 1 },
  ]);
  rig.start(accepts);
  await rig.until(() => rig.committed()?.offset === 2);
  expect(rig.reasons).toEqual(['missing-key', 'tombstone']);
});

test('one record that takes for ever holds up its own key alone; after a crash the others are not carried out again', async () => {
  const rig = new SinkRig();
  const sent: string[] = [];
  const stuck = {
    send: async (
      records: readonly { readonly key: string; readonly offset: number }[],
      signal: AbortSignal,
    ) => {
      sent.push(...records.map(({ key, offset }) => `${key}${offset}`));
      if (records[0]?.key === 'stuck') await silent.send(records, signal);
    },
  };
  rig.append('a=0', 'stuck=1', 'a=2', 'b=3');
  const { worker, kill } = rig.start(stuck);
  await rig.until(() => rig.done.length === 3);
  expect(rig.committed()?.offset).toBe(1);
  rig.append('stuck=4', 'b=5');
  await rig.until(() => rig.done.length === 4);
  expect(worker.undelivered).toEqual({ records: 2, oldest: START });
  kill();
  sent.length = 0;
  rig.start(accepts, { slot: 'b' });
  await rig.until(() => rig.committed()?.offset === 6);
  expect(rig.done.toSorted()).toEqual(['0/0', '0/1', '0/2', '0/3', '0/4', '0/5']);
  expect(sent).toEqual([]);
});

test('a hand-over waits for what is on its way, and not for what has not begun', async () => {
  const rig = new SinkRig();
  let stopped = 0;
  rig.append('waiting=0');
  const { worker } = rig.start({
    ...accepts,
    before: (_lane, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          stopped = rig.time.now;
          resolve();
        });
      }),
  });
  await rig.until(() => worker.undelivered.records === 1);
  const began = rig.time.now;
  await rig.ended(worker.stop());
  expect(stopped - began).toBeLessThan(200);
  expect(rig.done).toEqual([]);

  let slowly = false;
  const { worker: other } = rig.start({
    send: async () => {
      slowly = true;
      await rig.clock.sleep(2_000 as never);
    },
  });
  await rig.until(() => slowly);
  await rig.ended(other.stop());
  expect([rig.done, rig.committed()?.offset]).toEqual([['0/0'], 1]);
});

test('what is not over when the limit of a hand-over comes is left, and carried out by the next', async () => {
  const rig = new SinkRig();
  rig.append('a=0');
  const { worker, sink } = rig.start(silent);
  await rig.until(() => worker.undelivered.records === 1);
  const began = rig.time.now;
  await rig.ended(worker.stop());
  expect(rig.time.now - began).toBeLessThan(6_000);
  expect([rig.done, rig.committed(), sink.open_]).toEqual([[], undefined, []]);
  rig.start(accepts);
  await rig.until(() => rig.done.length === 1);
});

test('a partition whose schema is not known waits; the others go on', async () => {
  const rig = new SinkRig(2);
  let known = false;
  let asked = 0;
  const codec: Codec<string> = {
    ...text,
    decode: (bytes) => {
      const value = text.decode(bytes);
      if (value === 'new' && !known) throw new StreamsError('schema-not-read', 'Schema 9 is new.');
      return value;
    },
    learn: () => {
      asked++;
      return known
        ? Promise.resolve()
        : Promise.reject(new StreamsError('registry-unavailable', 'No answer.'));
    },
  };
  const both = [0, 1].map((partition) => ({ partition, timestamp: START }));
  const put = (partition: number, value: string): void =>
    rig.broker.append(INPUT, [
      { ...both[partition]!, key: text.encode(`k${partition}`), value: text.encode(value) },
    ]);
  put(0, 'old');
  put(0, 'new');
  put(0, 'old');
  const { worker } = rig.start(accepts, { topic: topic(INPUT, codec) });
  await rig.until(() => asked > 2);
  put(1, 'old');
  put(0, 'old');
  await rig.until(() => rig.committed(1)?.offset === 1);
  expect(rig.committed(0)?.offset).toBe(1);
  expect(worker.undelivered).toEqual({ records: 2, oldest: START });
  expect(new Set(rig.told)).toEqual(new Set(['retrying registry-unavailable']));
  known = true;
  await rig.until(() => rig.committed(0)?.offset === 4);
  expect(rig.done.toSorted()).toEqual(['0/0', '0/1', '0/2', '0/3', '1/0']);
});

test('a lane is carried out without a record when it is woken', async () => {
  const rig = new SinkRig();
  let opened: Opened | undefined;
  const lanes: string[] = [];
  rig.start({
    ...accepts,
    opened: (_at, one) => {
      opened = one;
    },
    before: (lane) => {
      lanes.push(`${lane.key} ${lane.waiting.length}`);
      return Promise.resolve();
    },
  });
  await rig.until(() => opened !== undefined);
  opened?.wake('k');
  await rig.until(() => lanes.length === 1);
  rig.append('k=0');
  await rig.until(() => lanes.length === 2);
  expect(lanes).toEqual(['k 0', 'k 1']);
});

test('when the group began with a partition stays known', async () => {
  const rig = new SinkRig();
  const began: (number | undefined)[] = [];
  const settings = { ...accepts, opened: (_at: unknown, opened: Opened) => void began.push(opened.began) };
  const first = rig.start(settings);
  rig.append('k=0');
  await rig.until(() => rig.done.length === 1);
  await rig.ended(first.worker.stop());
  const second = rig.start(settings);
  await rig.until(() => began.length === 2);
  expect(began[0]).toBeGreaterThanOrEqual(START);
  expect(began[1]).toBe(began[0]);
  await rig.ended(second.worker.stop());
  // Somebody sets the offset by hand: he knows what he wants, and nothing is said of it.
  rig.broker.apply((state) =>
    state.commitOffsets(
      GROUP,
      { generation: -1, memberId: '' },
      new Map([[`${INPUT}/0`, { offset: 0, metadata: '' }]]),
    ),
  );
  rig.start(settings);
  await rig.until(() => began.length === 3);
  expect(began[2]).toBeUndefined();
});

test('commits that fail are made up for from what is committed, and a pause grows', async () => {
  const rig = new SinkRig();
  rig.append('k=0');
  const { worker, sink } = rig.start(accepts);
  await rig.until(() => rig.done.length === 1);
  // As another process of the same slot does it.
  rig.broker.apply((state) => state.transactions.initProducerId(`${GROUP}-a`, 8_000));
  rig.append('k=1');
  await rig.until(() => rig.done.length === 2);
  expect(rig.told).toEqual(['retrying fenced']);
  expect([rig.committed()?.offset, worker.state, sink.open_]).toEqual([2, 'running', ['0']]);
});

test('while it is paused nothing is taken in, and what waits is taken in afterwards', async () => {
  const rig = new SinkRig();
  const { worker } = rig.start(accepts);
  await rig.until(() => worker.state === 'running');
  worker.pause();
  await rig.pass(200);
  rig.append('k=0');
  await rig.pass(2_000);
  expect([worker.state, rig.done]).toEqual(['paused', []]);
  worker.resume();
  await rig.until(() => rig.done.length === 1);
});
