import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Arena, classOf, unitsOf } from '../../../topology/runtime/arena.ts';

const filled = (size: number, seed: number): Buffer => {
  const bytes = Buffer.alloc(size, (seed * 37 + 1) & 0xff);
  if (size >= 4) bytes.writeUInt32LE(seed, 0);
  if (size >= 8) bytes.writeUInt32LE(~seed >>> 0, size - 4);
  return bytes;
};

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
  // Around the size from which a block has a buffer of its own, and beyond a chunk.
  { weight: 2, arbitrary: fc.integer({ min: (1 << 18) - 40, max: (1 << 18) + 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 << 20 }) },
);

const action = fc.record({
  kind: fc.constantFrom('put', 'put', 'replace', 'replace', 'free'),
  pick: fc.nat(),
  size,
});

/** From and to of a block's memory, for blocks that stand in a chunk. */
const extent = (address: number, bytes: Uint8Array): readonly [number, number] => [
  address,
  address + unitsOf(classOf(Math.ceil((bytes.length + 12) / 16))),
];

function replace(arena: Arena, address: number, bytes: Uint8Array): number {
  arena.free(address);
  return arena.put(bytes);
}

describe('arena', () => {
  test('holds what a map would hold, whatever is put, replaced and freed', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        const arena = new Arena();
        const model = new Map<number, Buffer>();
        actions.forEach(({ kind, pick, size: length }, seed) => {
          const held = [...model.keys()][pick % Math.max(1, model.size)];
          const bytes = filled(length, seed);
          if (kind === 'put' || held === undefined) {
            const address = arena.put(bytes);
            expect(model.has(address), 'a block that is held is given out again').toBe(false);
            model.set(address, bytes);
          } else if (kind === 'replace') {
            model.delete(held);
            const address = replace(arena, held, bytes);
            expect(model.has(address)).toBe(false);
            model.set(address, bytes);
          } else {
            arena.free(held);
            model.delete(held);
          }
        });
        for (const [address, bytes] of model) expect(arena.get(address).equals(bytes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('blocks never overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(size, fc.boolean()), { maxLength: 80 }), (blocks) => {
        const arena = new Arena();
        const held: { address: number; bytes: Buffer }[] = [];
        for (const [length, freed] of blocks) {
          const bytes = Buffer.alloc(length);
          held.push({ address: arena.put(bytes), bytes });
          if (freed) arena.free(held.shift()?.address ?? 0);
        }
        const extents = held
          .filter(({ address }) => address >= 0)
          .map(({ address, bytes }) => extent(address, bytes))
          .toSorted(([a], [b]) => a - b);
        extents.slice(1).forEach(([from], i) => expect(from).toBeGreaterThanOrEqual(extents[i]?.[1] ?? 0));
      }),
      { numRuns: 60 },
    );
  });

  test('memory is used again: what is freed and put anew asks the system for nothing', () => {
    const arena = new Arena();
    const sizes = Array.from({ length: 3_000 }, (_, i) => (i * 97) % 3_000);
    const put = (): number[] => sizes.map((length) => arena.put(Buffer.alloc(length)));
    let addresses = put();
    const { bytes } = arena;
    for (let round = 0; round < 5; round++) {
      for (const address of addresses) arena.free(address);
      addresses = put();
      expect(arena.bytes).toBe(bytes);
    }
  });

  test('a state that grows and shrinks for ever takes no more than its largest sizes', () => {
    const arena = new Arena();
    let address = arena.put(Buffer.alloc(0));
    const turn = (): void => {
      for (let i = 0; i < 200; i++) address = replace(arena, address, Buffer.alloc((i * 911) % 5_000));
    };
    turn();
    const { bytes } = arena;
    for (let i = 0; i < 50; i++) turn();
    expect(arena.bytes).toBe(bytes);
  });

  test('a large block gives its memory back', () => {
    const arena = new Arena();
    const address = arena.put(Buffer.alloc(2 << 20));
    expect(arena.bytes).toBeGreaterThanOrEqual(2 << 20);
    arena.free(address);
    expect(arena.bytes).toBe(0);
  });

  test('large blocks that come and go take no new memory, and few are kept', () => {
    const arena = new Arena();
    for (let i = 0; i < 100; i++) arena.free(arena.put(Buffer.alloc(60_000 + i)));
    expect(arena.bytes).toBeLessThan(70_000);
    const many = Array.from({ length: 50 }, (_, i) => arena.put(Buffer.alloc(60_000, i)));
    for (const address of many) arena.free(address);
    expect(arena.bytes).toBeLessThan(5 * 70_000);
  });

  test('a hash is kept beside its block, and says nothing of others', () => {
    const arena = new Arena();
    const sizes = [0, 1, 100, 5_000, 9_000, 2 << 20];
    const held = sizes.map((length, i) => {
      const bytes = Buffer.alloc(length, 0xff);
      const address = arena.put(bytes);
      arena.setHash(address, { a: i * 7 - 3, b: -i });
      return { address, bytes };
    });
    held.forEach(({ address, bytes }, i) => {
      const hash = { a: 99, b: 99 };
      arena.hashOf(address, hash);
      expect(hash).toEqual({ a: i * 7 - 3, b: 0 - i });
      expect(arena.get(address).equals(bytes)).toBe(true);
      expect(arena.get(address).byteOffset % 4).toBe(0);
    });
  });

  test('the classes are in order, hold what they say, and waste a sixteenth at most', () => {
    for (let units = 1; units <= 1 << 15; units++) {
      const sizeClass = classOf(units);
      expect(unitsOf(sizeClass)).toBeGreaterThanOrEqual(units);
      expect(unitsOf(sizeClass) - units).toBeLessThanOrEqual(units / 16);
      expect(classOf(unitsOf(sizeClass))).toBe(sizeClass);
      expect(classOf(units + 1) - sizeClass).toBeOneOf([0, 1]);
    }
  });
});
