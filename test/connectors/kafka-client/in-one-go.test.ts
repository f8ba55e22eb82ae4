import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { InOneGo } from '../../../connectors/kafka-client/in-one-go.ts';

/** Notes what is done; items called `bad` fail, and no item goes twice together. */
function queue(): { readonly done: string[]; readonly calls: InOneGo<string, string> } {
  const done: string[] = [];
  const calls = new InOneGo<string, string>(
    async (items) => {
      await setImmediate();
      const go = items.join('+');
      done.push(go);
      if (items.includes('bad')) throw new RangeError('as planned');
      return go;
    },
    (item, waiting) => !waiting.includes(item),
  );
  return { done, calls };
}

test('what is added before its turn comes is done in one go', async () => {
  const { done, calls } = queue();
  expect(await Promise.all([calls.add('a'), calls.add('b')])).toEqual(['a+b', 'a+b']);
  expect(await calls.add('c')).toBe('c');
  expect(done).toEqual(['a+b', 'c']);
});

test('what is added while a go is under way is the next one', async () => {
  const { done, calls } = queue();
  const first = calls.add('a');
  await Promise.resolve();
  await Promise.resolve();
  const others = [calls.add('b'), calls.add('c')];
  await Promise.all([first, ...others]);
  expect(done).toEqual(['a', 'b+c']);
});

test('what does not fit those that wait begins another go', async () => {
  const { done, calls } = queue();
  const all = await Promise.all(['a', 'b', 'a', 'c'].map((item) => calls.add(item)));
  expect([all, done]).toEqual([
    ['a+b', 'a+b', 'a+c', 'a+c'],
    ['a+b', 'a+c'],
  ]);
});

test('nothing comes before what was asked for earlier, nor behind what was asked for later', async () => {
  const { done, calls } = queue();
  const other = (name: string) => calls.do(async () => void done.push(name));
  await Promise.all([calls.add('a'), other('offsets'), calls.add('b'), calls.add('c'), other('end')]);
  expect(done).toEqual(['a', 'offsets', 'b+c', 'end']);
});

test('all of a go that fails fail, and hold up nothing', async () => {
  const { done, calls } = queue();
  const ends = await Promise.allSettled([calls.add('a'), calls.add('bad'), calls.do(async () => 'after')]);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  await calls.add('d');
  expect(done).toEqual(['a+bad', 'd']);
});
