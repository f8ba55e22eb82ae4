import { expect, test } from 'vitest';
import { inLanes } from '../../../topology/runtime/in-lanes.ts';

/** Pieces of work that end when they are told to, and what happened to them. */
function pieces(count: number) {
  const begun: number[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const asked: (() => boolean)[] = [];
  const work = Array.from({ length: count }, (_, i) => (wanted: () => boolean) => {
    begun.push(i);
    asked[i] = wanted;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    ends[i] = { resolve, reject };
    return promise;
  });
  return { begun, ends, asked, work };
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('so many pieces are under way, in their order, and all are done', async () => {
  const { begun, ends, work } = pieces(5);
  let over = false;
  const done = inLanes(2, work, () => true).then(() => (over = true));
  expect(begun).toEqual([0, 1]);
  ends[1]?.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  for (const i of [2, 3, 4]) {
    ends[i]?.resolve();
    await settled();
  }
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(over).toBe(false);
  ends[0]?.resolve();
  await done;
});

test('after an error nothing is begun, what is under way is told and waited for, and the first error is thrown', async () => {
  const { begun, ends, asked, work } = pieces(5);
  let error: unknown;
  const done = inLanes(3, work, () => true).catch((thrown: unknown) => (error = thrown));
  expect(asked[0]?.()).toBe(true);
  ends[1]?.reject(new Error('first'));
  await settled();
  expect(asked[0]?.()).toBe(false);
  ends[0]?.reject(new Error('second'));
  await settled();
  expect(error).toBeUndefined();
  ends[2]?.resolve();
  await done;
  expect(error).toEqual(new Error('first'));
  expect(begun).toEqual([0, 1, 2]);
});

test('what is not wanted any more is not begun', async () => {
  const { begun, ends, work } = pieces(4);
  let wanted = true;
  const done = inLanes(2, work, () => wanted);
  wanted = false;
  ends[0]?.resolve();
  ends[1]?.resolve();
  await done;
  expect(begun).toEqual([0, 1]);
  const none = pieces(2);
  await inLanes(2, none.work, () => false);
  expect(none.begun).toEqual([]);
});
