import { expect, test } from 'vitest';
import { Lanes } from '../../../connectors/sink/lanes.ts';
import type { Lane, SinkRecord } from '../../../connectors/sink/sink.ts';

const record = (key: string, offset: number): SinkRecord<number> => ({
  topic: 't',
  partition: 0,
  offset,
  timestamp: offset,
  key,
  value: offset,
});

/** Calls that wait for an answer. */
class Calls {
  readonly open: { readonly lane: Lane<number>; readonly answer: (goOn: boolean) => void }[] = [];
  readonly lanes: Lanes<number> = new Lanes(
    (lane) => new Promise((answer) => this.open.push({ lane, answer })),
  );

  get keys(): string[] {
    return this.open.map(({ lane }) => lane.key);
  }

  /** The first open call takes, and is answered. */
  async take(most?: number, goOn = true): Promise<number[]> {
    const call = this.open.shift();
    const taken = call?.lane.take(most).map(({ offset }) => offset) ?? [];
    call?.answer(goOn);
    await new Promise((resolve) => setImmediate(resolve));
    return taken;
  }
}

test('keys are carried out beside each other, records of one key one after the other', async () => {
  const calls = new Calls();
  for (const [key, offset] of [
    ['a', 0],
    ['b', 1],
    ['a', 2],
  ] as const)
    calls.lanes.add(record(key, offset));
  expect(calls.keys).toEqual(['a', 'b']);
  expect(await calls.take()).toEqual([0, 2]);
  expect(calls.keys).toEqual(['b']);
});

test('as many that come while others are carried out are carried out too', async () => {
  const calls = new Calls();
  calls.lanes.add(record('a', 0));
  const [{ lane } = { lane: undefined }] = calls.open;
  expect(lane?.take().map(({ offset }) => offset)).toEqual([0]);
  calls.lanes.add(record('a', 1));
  expect(await calls.take(0)).toEqual([]);
  expect(await calls.take()).toEqual([1]);
});

test('who takes a part is called again for the rest', async () => {
  const calls = new Calls();
  for (const offset of [0, 1, 2]) calls.lanes.add(record('a', offset));
  expect(await calls.take(1)).toEqual([0]);
  calls.lanes.add(record('a', 3));
  expect(await calls.take()).toEqual([1, 2, 3]);
  expect(calls.open).toEqual([]);
});

test('a lane that was told to stop is left as it is', async () => {
  const calls = new Calls();
  calls.lanes.add(record('a', 0));
  expect(await calls.take(0, false)).toEqual([]);
  calls.lanes.add(record('a', 1));
  calls.lanes.wake('a');
  expect(calls.open).toEqual([]);
});

test('a lane that is woken is called once without a record, also when it was busy', async () => {
  const calls = new Calls();
  calls.lanes.wake('a');
  calls.lanes.wake('a');
  expect(await calls.take()).toEqual([]);
  // It was woken once more before the call was answered.
  expect(calls.keys).toEqual(['a']);
  expect(await calls.take()).toEqual([]);
  expect(calls.open).toEqual([]);
});
