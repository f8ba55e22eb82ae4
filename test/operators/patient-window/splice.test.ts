import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { qsofa } from '../../../operators/clinical/qsofa.ts';
import { type Block, emptyBlock } from '../../../operators/patient-window/block.ts';
import { u16 } from '../../../operators/patient-window/bytes.ts';
import { entryFingerprint, entryLength, readEntry } from '../../../operators/patient-window/entry.ts';
import { fingerprintOf } from '../../../operators/patient-window/fingerprints.ts';
import { countUpTo, evict, overCap, splice } from '../../../operators/patient-window/splice.ts';
import type { ClinicalEvent } from '../../../schemas/generated/clinical-event.ts';
import { event, measurement, retraction, rr } from '../events.ts';

const NONE = Number.NEGATIVE_INFINITY;
const endless = { horizon: NONE, lateBefore: NONE };

function put(
  block: Block,
  of: ClinicalEvent,
  limits: { horizon: number; lateBefore: number } = endless,
): string {
  const outcome = splice(block, of, of.time ?? 0, limits, qsofa);
  block.bytes = Uint8Array.from(block.bytes);
  return outcome;
}

interface Held {
  readonly id: string;
  readonly time: number;
  readonly version: number;
  readonly values: readonly number[];
}

function entriesOf(block: Block): Held[] {
  const held: Held[] = [];
  let print = block.printsFrom;
  for (let at = block.entriesFrom; at < block.entriesTo; at += entryLength(block.bytes, at)) {
    const { id, time, version, measurements } = readEntry(block.bytes, at);
    expect(u16(block.bytes, print), 'fingerprints stand beside their entries').toBe(
      entryFingerprint(block.bytes, at),
    );
    print += 2;
    held.push({ id, time, version, values: measurements.map(({ value }) => value) });
  }
  expect(block.entryCount).toBe(held.length);
  return held;
}

const byTimeAndId = (a: Held, b: Held): number =>
  a.time - b.time || a.id.length - b.id.length || (a.id < b.id ? -1 : 1);

/** The rules of the window over a Map: what is held of each id. */
class Model {
  readonly held = new Map<string, Held>();
  newest = NONE;

  put(of: ClinicalEvent, { horizon, lateBefore }: typeof endless): string {
    const next: Held = {
      id: of.resourceId,
      time: of.time ?? 0,
      version: of.version,
      values: of.measurements.map(({ value }) => value),
    };
    const usable = next.values.length > 0;
    const late = usable && next.time < lateBefore;
    const before = this.held.get(next.id);
    if (before !== undefined && next.version <= before.version) {
      if (usable && !late) this.newest = Math.max(this.newest, next.time);
      return 'superseded';
    }
    if (before === undefined && late) return 'late';
    if (before === undefined && next.time < horizon) return usable ? 'beyond-cap' : 'beyond-horizon';
    const counts = usable && !late && next.time >= horizon;
    this.held.set(
      next.id,
      counts || before === undefined ? next : { ...next, values: [], time: Math.max(next.time, before.time) },
    );
    if (counts) this.newest = Math.max(this.newest, next.time);
    return late ? 'late' : 'changed';
  }

  evict(horizon: number): void {
    for (const [id, { time }] of this.held) if (time < horizon) this.held.delete(id);
  }

  get entries(): readonly Held[] {
    return [...this.held.values()].sort(byTimeAndId);
  }
}

const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ id: fc.nat({ max: 12 }), version: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ evict: fc.nat({ max: 60 }) }) },
);

const times = fc.array(fc.nat({ max: 100 }), { minLength: 52, maxLength: 52 });

describe('the entries of a window', () => {
  test('do what a Map does: insert, supersede, withdraw, refuse what is late, let go of what is old', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 40 }),
        times,
        fc.nat({ max: 80 }),
        fc.nat({ max: 30 }),
        (commands, timeOf, lateBefore, margin) => {
          const limits = { lateBefore, horizon: lateBefore - margin };
          const block = emptyBlock();
          const model = new Model();
          for (const one of commands) {
            if ('evict' in one) {
              evict(block, one.evict);
              model.evict(one.evict);
            } else {
              // Of one version there is one content: ties are the matter of another test. Version 3 is a withdrawal.
              const value = one.version === 2 ? 16 : 30;
              const of = event('VITAL_SIGNS', `id-${one.id}`, timeOf[one.id * 4 + one.version - 1] ?? 0, {
                version: one.version,
                measurements: one.version === 3 ? [] : [measurement('RESPIRATORY_RATE', value)],
              });
              expect(put(block, of, limits)).toBe(model.put(of, limits));
            }
            expect(entriesOf(block)).toEqual(model.entries);
            expect(block.highWater).toBe(model.newest);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('at one instant stand in the order of their ids, whatever came first', () => {
    const ids = [
      'b',
      'a',
      '0b8ff25c-3b60-4b6b-9a6e-4f3f2f1f7a10',
      'é',
      'ab',
      '00000000-0000-4000-8000-000000000000',
    ];
    const expected = ids.reduce((block, id) => (put(block, rr(id, 5, 30)), block), emptyBlock());
    fc.assert(
      fc.property(fc.shuffledSubarray(ids, { minLength: ids.length }), (order) => {
        const block = emptyBlock();
        for (const id of order) put(block, rr(id, 5, 30));
        expect(entriesOf(block)).toEqual(entriesOf(expected));
      }),
    );
  });

  test('an untestable marker takes the place of a value and stays a marker', () => {
    const block = emptyBlock();
    put(block, rr('x', 5, 30));
    put(
      block,
      event('VITAL_SIGNS', 'x', 5, { version: 2, measurements: [measurement('GCS_UNTESTABLE', 0)] }),
    );
    expect(entriesOf(block)).toEqual([{ id: 'x', time: 5, version: 2, values: [0] }]);
  });

  test('many entries of every length survive growth of the buffer', () => {
    const block = emptyBlock();
    for (let i = 0; i < 400; i++) put(block, rr(`${'x'.repeat(i % 190)}-${i}`, (i * 7919) % 400, 30 + i / 3));
    const held = entriesOf(block);
    expect(held).toHaveLength(400);
    expect(held.map(({ time }) => time)).toEqual(Array.from({ length: 400 }, (_, i) => i));
  });

  test('two ids with one fingerprint are two ids', () => {
    const block = emptyBlock();
    const fingerprints = new Map<number, string>();
    let twin: readonly [string, string] | undefined;
    for (let i = 0; twin === undefined; i++) {
      const bytes = Buffer.from(`id-${i}`);
      const fingerprint = fingerprintOf(bytes, 0, bytes.length);
      const other = fingerprints.get(fingerprint);
      if (other !== undefined) twin = [other, `id-${i}`];
      fingerprints.set(fingerprint, `id-${i}`);
    }
    const [one, other] = twin;
    for (const id of [one, 'between', other]) expect(put(block, rr(id, 5, 30))).toBe('changed');
    for (const id of [one, other]) expect(put(block, rr(id, 5, 30))).toBe('superseded');
    put(block, retraction(other, 5));
    expect(entriesOf(block).map(({ id, values }) => [id, values.length])).toEqual(
      expect.arrayContaining([
        [one, 1],
        [other, 0],
      ]),
    );
  });

  test('ids that differ beyond 200 bytes are one id: FHIR allows 64 characters', () => {
    const block = emptyBlock();
    put(block, rr(`${'x'.repeat(200)}1`, 1, 30));
    expect(put(block, rr(`${'x'.repeat(200)}2`, 1, 30))).toBe('superseded');
  });
});

describe('over the cap', () => {
  const block = (): Block => {
    const full = emptyBlock();
    for (let i = 0; i < 10; i++) put(full, rr(`r${i}`, Math.floor(i / 2), i < 6 ? 30 : 16));
    put(full, retraction('t', 9));
    return full;
  };

  test.each([
    [{ ids: 11, met: 6 }, NONE],
    [{ ids: 10, met: 6 }, 0],
    [{ ids: 8, met: 6 }, 1],
    [{ ids: 11, met: 5 }, 0],
    [{ ids: 11, met: 3 }, 1],
    [{ ids: 0, met: 0 }, 9],
  ])('%o: everything up to the oldest time that makes it fit', (cap, last) => {
    expect(overCap(block(), cap)).toBe(last);
  });

  test('counts what will go, all of one instant together', () => {
    expect([-1, 0, 1, 9].map((time) => countUpTo(block(), time))).toEqual([0, 2, 4, 11]);
  });
});
