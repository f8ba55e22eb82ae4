import { afterEach, describe, expect, test } from 'vitest';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import { type ErrorCode, StreamsError } from '../../../topology/model/errors.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { violations } from './exactly-once.ts';
import type { Call, Faults } from './faulty-driver.ts';
import { lines, listing, sums, words, wordsOf } from './small-topologies.ts';

let engine: Engine;
afterEach(() => engine.stop());

const LINES = ['a:1 b:1', 'a:2', 'b:2 a:3', 'a:4'];
const MORE = ['b:3', 'a:5 a:6'];

const found = (...values: readonly string[]): string[] =>
  violations({
    fed: values.flatMap(wordsOf),
    words: engine.records(words.name),
    sums: engine.records(sums.name),
  });

/** Throws at the given calls of one kind, counted from 1. */
const failing = (
  when: 'before' | 'after',
  call: Call,
  code: ErrorCode,
  ...numbers: readonly number[]
): Faults => {
  let count = 0;
  return {
    [when]: (made: Call) => {
      if (made === call && numbers.includes(++count)) throw new StreamsError(code, 'As planned.');
    },
  };
};

async function ran(faults: Faults, options: EngineOptions = {}): Promise<void> {
  engine = new Engine(listing(), {
    partitions: 1,
    limits: { pollRecords: 2, commitInterval: milliseconds(0) },
    ...options,
  });
  engine.produce(lines.name, LINES);
  engine.start('a', faults);
  await engine.drained();
}

describe('a commit whose answer is lost', () => {
  test('and which was applied stands: nothing is read again', async () => {
    await ran(failing('after', 'commit', 'commit-unknown', 1, 3));
    expect(found(...LINES)).toEqual([]);
    expect(engine.told.of('aborted')).toEqual(['aborted commit-unknown', 'aborted commit-unknown']);
    const committed = engine.told.of('committed').map((line) => Number(line.split(' ')[1]));
    // Four lines and six words, each counted once.
    expect(committed.reduce((sum, records) => sum + records)).toBe(10);
  });

  test('and which was not applied is dropped: its input is read again', async () => {
    await ran(failing('before', 'commit', 'commit-unknown', 1, 2, 4));
    expect(found(...LINES)).toEqual([]);
    expect(engine.told.of('aborted')).toHaveLength(3);
  });

  test('is judged only after the old producer is fenced, so it cannot be applied afterwards', async () => {
    const calls: Call[] = [];
    const lost = failing('after', 'commit', 'commit-unknown', 1);
    await ran({ before: (call) => void calls.push(call), ...lost });
    const at = calls.indexOf('commit');
    expect(calls.slice(at, at + 3)).toEqual(['commit', 'init', 'committed']);
  });

  test('and which stands is saved with its own offset: a snapshot of it is right', async () => {
    const snapshots = new MemorySnapshotStore();
    await ran(failing('after', 'commit', 'commit-unknown', 1, 2, 3, 4, 5, 6, 7, 8), { snapshots });
    await engine.stop();
    engine.produce(lines.name, MORE);
    engine.start('b');
    await engine.drained();
    expect(engine.told.of('restored').at(-1)).toBe('restored 1_0 4+0');
    expect(found(...LINES, ...MORE)).toEqual([]);
  });
});

describe('a commit that was applied', () => {
  test.each<ErrorCode>(['fenced', 'broker-unavailable', 'request-timed-out', 'invalid-transaction'])(
    'stands, whatever the answer says: %s',
    async (code) => {
      await ran(failing('after', 'commit', code, 1, 3));
      expect(found(...LINES)).toEqual([]);
      expect(engine.told.of('aborted')).toEqual([`aborted ${code}`, `aborted ${code}`]);
    },
  );
});

describe('a commit that fails', () => {
  test.each<[Call, ErrorCode, readonly number[]]>([
    // Words are sent, then the two outputs that they lead to: the third try has all three, and the next one fails.
    ['send', 'fenced', [1, 2, 6]],
    // The words are there, and what they lead to is not.
    ['send', 'fenced', [2, 5, 10]],
    ['send-offsets', 'fenced', [1, 2, 4]],
    ['send-offsets', 'not-assigned', [1, 2, 4]],
    ['commit', 'fenced', [1, 2, 4]],
  ])('in %s with %s is dropped, and its input is read again: %j', async (call, code, numbers) => {
    await ran(failing('before', call, code, ...numbers));
    expect(found(...LINES)).toEqual([]);
    expect(engine.told.of('aborted')).toEqual([1, 2, 3].map(() => `aborted ${code}`));
  });

  test('with an error that trying again does not mend ends the worker, commits nothing, and the next one goes on', async () => {
    engine = new Engine(listing(), { partitions: 1 });
    engine.produce(lines.name, LINES);
    engine.start('a', failing('before', 'send', 'configuration', 1));
    expect(await engine.end('a')).toMatchObject({ code: 'configuration' });
    expect(engine.records(words.name)).toEqual([]);
    engine.kill('a');
    engine.start('a');
    await engine.drained();
    expect(found(...LINES)).toEqual([]);
  });

  test('with an error of nobody we know ends the worker too', async () => {
    engine = new Engine(listing(), { partitions: 1 });
    engine.produce(lines.name, LINES);
    engine.start('a', {
      before: (call) => {
        if (call === 'commit') throw new RangeError('x');
      },
    });
    expect(await engine.end('a')).toBeInstanceOf(RangeError);
    expect(engine.told.of('aborted')).toEqual(['aborted unexpected']);
    engine.kill('a');
  });

  test('a worker that ended holds no partitions: the others go on without it', async () => {
    engine = new Engine(listing(), { partitions: 2 });
    engine.start('a', failing('before', 'commit', 'configuration', 1));
    engine.start('b');
    engine.produce(lines.name, [...LINES, ...MORE]);
    expect(await engine.end('a')).toMatchObject({ code: 'configuration' });
    engine.forget('a');
    await engine.drained();
    expect(found(...LINES, ...MORE)).toEqual([]);
  });

  test('because a second worker took the slot over leaves one of them with the work, done once', async () => {
    engine = new Engine(listing(), { partitions: 1, limits: { pollRecords: 1 } });
    let second = false;
    engine.start('a', {
      after: (call) => {
        if (call !== 'send' || second) return undefined;
        second = true;
        // The same transactional id: its init fences the first one's transaction.
        return new MemoryDriver(engine.broker)
          .transactions({ transactionalId: 'app-a', timeout: seconds(5) })
          .init();
      },
    });
    engine.produce(lines.name, LINES);
    await engine.drained();
    expect(engine.told.of('aborted')).toEqual(['aborted fenced']);
    expect(found(...LINES)).toEqual([]);
  });
});
