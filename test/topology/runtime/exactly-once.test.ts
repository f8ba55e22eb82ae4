import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../../connectors/memory/snapshot-store.ts';
import { text } from '../../../topology/model/codec.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { Engine } from './engine.ts';
import { violations } from './exactly-once.ts';
import { keyOf, lines, listing, sums, words } from './small-topologies.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e'];

/** Words that are all different, several to a line. */
function input(count: number, from = 0): { readonly fed: string[]; readonly values: string[] } {
  const fed = Array.from({ length: count }, (_, i) => `${KEYS[((from + i) * 7) % KEYS.length]}:${from + i}`);
  const values: string[] = [];
  for (let i = 0; i < fed.length; i += 3) values.push(fed.slice(i, i + 3).join(' '));
  return { fed, values };
}

const committedOf = (engine: Engine, fed: readonly string[]): string[] =>
  violations({ fed, words: engine.records(words.name), sums: engine.records(sums.name) });

describe('exactly once', () => {
  test('outputs are the fold of the input, each once and in order, whatever calls a worker is killed in', async () => {
    let killed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          kills: fc.array(fc.tuple(fc.integer({ min: 1, max: 45 }), fc.boolean()), { maxLength: 8 }),
          pollRecords: fc.constantFrom(1, 3, 10),
          snapshotRecords: fc.constantFrom(1, 5, 1_000),
          instances: fc.integer({ min: 1, max: 3 }),
        }),
        async ({ kills, pollRecords, snapshotRecords, instances }) => {
          const snapshots = new MemorySnapshotStore();
          const limits = { pollRecords, snapshotRecords, commitInterval: milliseconds(5) };
          const engine = new Engine(listing(), { partitions: 2, snapshots, limits });
          const left = [...kills];
          const start = (slot: string): void => {
            const next = left.shift();
            let calls = 0;
            // The call is lost, or it is applied and its answer is lost.
            const die = (applied: boolean) => (): void => {
              if (next === undefined || next[1] !== applied || ++calls !== next[0]) return;
              killed++;
              engine.kill(slot);
              start(slot);
            };
            engine.start(slot, { before: die(false), after: die(true) });
          };
          const { fed, values } = input(60);
          engine.produce(lines.name, values);
          for (let i = 0; i < instances; i++) start(`slot-${i}`);
          await engine.drained();
          expect(committedOf(engine, fed)).toEqual([]);
          await engine.stop();
          expect(committedOf(engine, fed)).toEqual([]);
        },
      ),
      { numRuns: 120, seed: 20_260_105 },
    );
    expect(killed).toBeGreaterThan(200);
  });

  test('workers come, go in good order and crash while records come in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('start', 'stop', 'crash', 'none'), fc.nat({ max: 2 })), {
          maxLength: 12,
        }),
        async (steps) => {
          const engine = new Engine(listing(), { partitions: 3, limits: { pollRecords: 4 } });
          const running = new Map([['slot-0', engine.start('slot-0')]]);
          const fed: string[] = [];
          for (const [what, number] of steps) {
            const slot = `slot-${number}`;
            const more = input(21, fed.length);
            fed.push(...more.fed);
            engine.produce(lines.name, more.values);
            if (what === 'start' && !running.has(slot)) running.set(slot, engine.start(slot));
            if (what === 'crash' && running.size > 1) {
              engine.kill(slot);
              running.delete(slot);
            }
            if (what === 'stop' && running.size > 1) {
              await running.get(slot)?.stop();
              engine.kill(slot);
              running.delete(slot);
            }
            await engine.broker.changed(0);
          }
          await engine.drained();
          expect(committedOf(engine, fed)).toEqual([]);
          await engine.stop();
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  test('a worker that stops in good order has committed what it had processed, and the next one replays none of it', async () => {
    const engine = new Engine(listing(), { partitions: 1, snapshots: new MemorySnapshotStore() });
    const { fed, values } = input(30);
    engine.start('a');
    engine.produce(lines.name, values);
    await engine.drained();
    await engine.stop();
    expect(engine.told.of('aborted')).toEqual([]);
    engine.start('b');
    const more = input(30, 30);
    engine.produce(lines.name, more.values);
    await engine.drained();
    expect(engine.told.of('restored').at(-1)).toMatch(/\+0$/);
    expect(committedOf(engine, [...fed, ...more.fed])).toEqual([]);
    await engine.stop();
  });
});

describe('what judges exactly once', () => {
  const logged = (key: string, value: string): { key: Uint8Array; value: Uint8Array } => ({
    key: text.encode(key),
    value: text.encode(value),
  });
  const fed = ['a:1', 'b:1', 'a:2'];
  const inOrder = fed.map((word) => logged(keyOf(word), word));
  const outputs = [logged('a', '1=a:1'), logged('b', '1=b:1'), logged('a', '2=a:1,a:2')];

  test('accepts what is right', () => {
    expect(violations({ fed, words: inOrder, sums: outputs })).toEqual([]);
  });

  test.each([
    ['an output that is doubled', inOrder, [...outputs, logged('b', '1=b:1')]],
    ['an output that is missing', inOrder, outputs.slice(0, 2)],
    ['two outputs that are swapped', inOrder, outputs.toReversed()],
    ['an output of another state', inOrder, outputs.with(2, logged('a', '2=a:2,a:1'))],
    ['an output of a key that never came', inOrder, [...outputs, logged('z', '1=z:1')]],
    ['a word that is lost', inOrder.slice(0, 2), outputs.slice(0, 2)],
    ['a word that is doubled', [...inOrder, logged('b', 'b:1')], [...outputs, logged('b', '2=b:1,b:1')]],
  ])('sees %s', (_, wordsLogged, sumsLogged) => {
    expect(violations({ fed, words: wordsLogged, sums: sumsLogged })).not.toEqual([]);
  });
});
