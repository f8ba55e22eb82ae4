import { afterEach, describe, expect, test } from 'vitest';
import type { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import type { Telemetry } from '../../../topology/ports/telemetry.ts';
import { Engine, type EngineOptions } from './engine.ts';
import type { Faults } from './faulty-driver.ts';
import { lines, listing, words } from './small-topologies.ts';

let engine: Engine;
afterEach(() => engine.stop());

/** An engine that keeps what is told of delays too. */
function listening(options: EngineOptions = {}, broker?: MemoryBroker): void {
  engine = new Engine(listing(), { partitions: 1, ...options }, broker);
  const { told } = engine;
  const also: Pick<Telemetry, 'latency' | 'restoring'> = {
    latency: (topic, milliseconds) => told.lines.push(`latency ${topic} ${milliseconds}`),
    restoring: (task, remaining) => told.lines.push(`restoring ${task} ${remaining}`),
  };
  Object.assign(told, also);
}

/** Throws at the first commit. */
const failingOnce = (): Faults => {
  let failed = false;
  return {
    before: (call) => {
      if (call !== 'commit' || failed) return;
      failed = true;
      throw new StreamsError('request-timed-out', 'As planned.');
    },
  };
};

describe('the latency of a commit', () => {
  test('is the age of the first record of each topic in it, told once', async () => {
    listening();
    engine.clock.moveTo(1_000);
    for (const timestamp of [100, 400, 900]) engine.produce(lines.name, ['a:1'], { timestamp });
    engine.start();
    await engine.drained();
    expect(engine.told.of('latency')).toEqual([
      `latency ${lines.name} 900`,
      // Written at 1,000 by the same worker, whose clock stands.
      `latency ${words.name} 0`,
    ]);
  });

  test('is that of the oldest batch, when several are committed at once', async () => {
    listening({ partitions: 2, limits: { pollRecords: 4 } });
    engine.clock.moveTo(1_000);
    engine.produce(lines.name, ['a:1'], { timestamp: 700, partition: 0 });
    engine.produce(lines.name, ['b:1'], { timestamp: 300, partition: 1 });
    engine.start();
    await engine.drained();
    expect(engine.told.of('latency')).toContain(`latency ${lines.name} 700`);
    expect(engine.told.of('latency')).not.toContain(`latency ${lines.name} 300`);
  });

  test('is nothing for a record of a clock that is ahead', async () => {
    listening();
    engine.produce(lines.name, ['a:1'], { timestamp: 5_000 });
    engine.start();
    await engine.drained();
    expect(engine.told.of('latency')[0]).toBe(`latency ${lines.name} 0`);
  });

  test('counts from the record, also when its first commit failed, and is told of the one that stands', async () => {
    listening();
    engine.clock.moveTo(1_000);
    engine.produce(lines.name, ['a:1'], { timestamp: 250 });
    engine.start('a', failingOnce());
    await engine.drained();
    expect(engine.told.of('aborted')).toEqual(['aborted request-timed-out']);
    expect(engine.told.of('latency')).toEqual([`latency ${lines.name} 750`, `latency ${words.name} 0`]);
  });
});

describe('a restore', () => {
  test('tells how much of the log is left, down to nothing, before it is done', async () => {
    listening();
    engine.start('a');
    for (const line of ['a:1 b:1', 'a:2', 'c:1']) {
      engine.produce(lines.name, [line]);
      await engine.drained();
    }
    engine.kill('a');
    listening({}, engine.broker);
    engine.start('b');
    engine.produce(lines.name, ['a:3']);
    await engine.drained();
    const told = engine.told.lines.filter((line) => /^restor(?:ing|ed) 1_0 /.test(line));
    const left = told.slice(0, -1).map((line) => Number(line.split(' ')[2]));
    expect(told.at(-1)).toBe('restored 1_0 0+4');
    // Four words, and a marker behind each of their three commits.
    expect(left[0]).toBeGreaterThanOrEqual(4);
    expect(left.at(-1)).toBe(0);
    expect(left).toEqual(left.toSorted((a, b) => b - a));
  });
});
