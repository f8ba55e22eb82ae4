/**
 * Fills the heap with 30 MB that stay and 150 MB that die, or that stay too, and lets a backlog end. Started with room
 * enough that V8 collects nothing by itself. Prints what it saw as JSON, and leaves the observer open: that must not
 * keep it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { HeapAlive } from '../../../app/run/heap-alive.ts';
import { collectAll, MemoryRelease } from '../../../app/run/memory-release.ts';

const objects = (count: number): object[] => Array.from({ length: count }, (_, i) => ({ i, of: { i } }));
const used = (): number => getHeapStatistics().used_heap_size;

const heap = new HeapAlive();
heap.start();
let released = 0;
const memory = new MemoryRelease({
  alive: () => heap.bytes,
  collect: collectAll,
  released: () => released++,
  now: () => 0,
});
const kept = objects(300_000);
let more = objects(1_500_000);
if (process.argv[2] === 'dead') more = [];
else collectAll();
await pause(100);
const before = used();
const alive = heap.bytes;
for (const records of [50_000, 0, 0]) {
  memory.telemetry.consumed('t', records);
  memory.second();
}
await pause(100);
const seen = { released, alive, before, after: used(), aliveAfter: heap.bytes };
process.stdout.write(JSON.stringify({ ...seen, held: kept.length + more.length }));
