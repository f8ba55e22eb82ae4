import { expect, test } from 'vitest';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { beginningOf, type From } from '../../../connectors/sink/beginning.ts';
import { INPUT, SinkRig, START } from './sink-rig.ts';

const AT = { topic: INPUT, partition: 0 };

/** Ten records, ten milliseconds apart, of which the first `deleted` are gone. */
async function beginning(
  committed: number | undefined,
  from: From | undefined,
  deleted = 0,
): Promise<number> {
  const rig = new SinkRig();
  for (let i = 0; i < 10; i++)
    rig.broker.append(INPUT, [{ key: null, value: new Uint8Array(1), timestamp: START + 10 * i }]);
  const driver = new MemoryDriver(rig.broker);
  if (deleted > 0) await driver.admin().deleteRecords(AT, deleted);
  let found: number | undefined;
  let failure: unknown;
  beginningOf(AT, committed, from, { driver, clock: rig.clock }).then(
    (offset) => {
      found = offset;
    },
    (error: unknown) => {
      failure = error;
    },
  );
  await rig.until(() => found !== undefined || failure !== undefined);
  if (failure instanceof Error) throw failure;
  return found ?? -1;
}

test.each([
  ['nothing is committed: the first record', undefined, undefined, 0, 0],
  ['nothing is committed and the first are gone: the first that is left', undefined, undefined, 4, 4],
  ['where the group stands', 7, undefined, 0, 7],
  ['at the end', 10, undefined, 0, 10],
  ['earliest, and nothing is lost: where the group stands', 7, 'earliest', 4, 7],
  ['earliest, and records are lost: what is left', 2, 'earliest', 4, 4],
  ['earliest, of a topic that was made anew: its beginning', 20, 'earliest', 0, 0],
  ['an offset', 7, { offset: 3 }, 0, 3],
  ['an offset before the log', 7, { offset: 3 }, 4, 4],
  ['an offset behind the log', 7, { offset: 30 }, 0, 10],
  ['a time between two records', 7, { time: START + 35 }, 0, 4],
  ['the time of a record', 7, { time: START + 30 }, 0, 3],
  ['a time before the log', undefined, { time: 0 }, 4, 4],
  ['a time behind the log', undefined, { time: START + 1_000 }, 0, 10],
] as const)('begins with %s', async (_what, committed, from, deleted, expected) => {
  expect(await beginning(committed, from, deleted)).toBe(expected);
});

test('records that were deleted before they were read are an error', async () => {
  await expect(beginning(2, undefined, 4)).rejects.toThrow(
    'input/0 begins at offset 4; what is committed ends at 2.',
  );
  await expect(beginning(2, undefined, 4)).rejects.toMatchObject({ code: 'input-lost', retry: false });
});

test('a topic that was made anew is an error', async () => {
  await expect(beginning(20, undefined)).rejects.toMatchObject({ code: 'log-ends-early', retry: false });
});
