import { afterEach, expect, test } from 'vitest';
import type { Worker } from '../../../topology/runtime/worker.ts';
import { Engine } from './engine.ts';
import { violations } from './exactly-once.ts';
import type { Call, Faults } from './faulty-driver.ts';
import { lines, listing, sums, words, wordsOf } from './small-topologies.ts';

let engine: Engine;
afterEach(() => engine.stop());

const found = (...fed: readonly string[]): string[] =>
  violations({
    fed: fed.flatMap(wordsOf),
    words: engine.records(words.name),
    sums: engine.records(sums.name),
  });

/** Aborts the worker once, while a call of it is answered. */
class Aborting implements Faults {
  worker: Worker | undefined;
  armed = false;
  readonly #at: Call;

  constructor(at: Call) {
    this.#at = at;
  }

  async after(call: Call): Promise<void> {
    if (call !== this.#at || !this.armed) return;
    this.armed = false;
    void this.worker?.stop();
    await this.worker?.abort();
  }
}

test.each<[call: Call, partitions: number]>([
  ['send', 1],
  ['send', 2],
  ['send-offsets', 1],
  ['send-offsets', 2],
  ['commit', 2],
])('while a %s is under way, with %i partitions: nothing is lost or doubled', async (call, partitions) => {
  const aborting = new Aborting(call);
  engine = new Engine(listing(), { partitions });
  // Of two partitions another worker owns what some of the words lead to.
  if (partitions === 2) engine.start('b');
  aborting.worker = engine.start('a', aborting);
  await engine.drained();
  const first = 'a:0 b:0 c:0 d:0';
  const second = 'a:1 b:1 c:1 d:1';
  for (const partition of [0, 1].slice(0, partitions)) engine.produce(lines.name, [first], { partition });
  await engine.drained();
  aborting.armed = true;
  for (const partition of [0, 1].slice(0, partitions)) engine.produce(lines.name, [second], { partition });
  expect(await engine.end('a')).toBeUndefined();
  expect(aborting.armed).toBe(false);
  engine.forget('a');
  engine.start('a');
  await engine.drained();
  const fed = [first, second].flatMap((line) => new Array<string>(partitions).fill(line));
  expect(found(...fed)).toEqual([]);
});
