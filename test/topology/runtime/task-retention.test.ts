import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectAll } from '../../../app/run/memory-release.ts';
import { subTopologies } from '../../../topology/dsl/sub-topologies.ts';
import { text } from '../../../topology/model/codec.ts';
import { silent } from '../../../topology/ports/telemetry.ts';
import { Outbox } from '../../../topology/runtime/outbox.ts';
import { Task } from '../../../topology/runtime/task.ts';
import { lines, listing, words } from './small-topologies.ts';

/** Runs one record through a task and the commit; what the record was unpacked from, as long as somebody holds on to it. */
function through(task: Task, outbox: Outbox, topic: string, key: Uint8Array | null, value: string) {
  const page = Uint8Array.from(text.encode(value));
  const record = { offset: 0, timestamp: 0, key, value: page };
  task.process({ topic, partition: 0, records: [record], nextOffset: 1 }, 0);
  outbox.drain();
  task.promote();
  return new WeakRef(page.buffer);
}

test('a task that waits for its next batch holds on to nothing of the last', async () => {
  const pages = subTopologies(listing()).map((sub) => {
    const outbox = new Outbox();
    const task = new Task(sub, 0, outbox, { deadLetters: 'dead', snapshots: true, telemetry: silent });
    const [topic, key] = task.stateful ? [words.name, text.encode('a')] : [lines.name, null];
    return { task, page: through(task, outbox, topic, key, 'a:1') };
  });
  await setImmediate();
  collectAll();
  expect(pages.map(({ task, page }) => [task.id, page.deref()])).toEqual([
    ['0_0', undefined],
    ['1_0', undefined],
  ]);
});
