import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { progressOn } from '../../../app/console/progress.ts';
import { type ProgressState, progressLine, size } from '../../../app/console/progress-line.ts';
import { widthOf } from '../../../app/console/width.ts';

const UNICODE = { colour: false, unicode: true };
const ASCII = { colour: false, unicode: false };
const half: ProgressState = { label: 'replay', done: 1.45e9, total: 2.9e9, elapsedMs: 7_000 };

describe('the progress line', () => {
  test('says how far, how fast and how long still', () => {
    expect(progressLine(half, 79, ASCII)).toBe(
      'replay  ############............  50 %  1.45 GB of 2.90 GB  207 MB/s  7 s left',
    );
  });

  test('without a known length it says only how much and how fast', () => {
    expect(progressLine({ ...half, total: null }, 80, UNICODE)).toBe('replay  1.45 GB  207 MB/s');
  });

  test('never exceeds the columns, never passes 100 %, whatever the figures', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e15, noNaN: true }),
        fc.option(fc.double({ min: 0, max: 1e15, noNaN: true })),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (done, total, elapsedMs, columns) => {
          const line = progressLine({ label: 'replay', done, total, elapsedMs }, columns, UNICODE);
          expect(widthOf(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/NaN|Infinity|-\d/);
          expect(Number(/(\d+) %/.exec(line)?.[1] ?? 0)).toBeLessThanOrEqual(100);
        },
      ),
    );
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.00 kB'],
    [999_600, '1.00 MB'],
    [5.02e9, '5.02 GB'],
    [7e15, '7.00e+3 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });
});

class Sink extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 80;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('progress on a stream', () => {
  const watch = (
    isTTY: boolean,
  ): { out: Sink; at: (ms: number) => void; bar: ReturnType<typeof progressOn> } => {
    let now = 0;
    const out = new Sink(isTTY);
    const bar = progressOn(out, { label: 'replay', total: 1_000, look: ASCII, clock: () => now });
    return { out, bar, at: (ms) => (now = ms) };
  };

  test('is silent when it is not a terminal', () => {
    const { out, bar, at } = watch(false);
    bar.update(100);
    at(5_000);
    bar.update(900);
    bar.end();
    expect(out.text).toBe('');
  });

  test('is drawn at most ten times a second, over itself', () => {
    const { out, bar, at } = watch(true);
    for (let ms = 0; ms < 1_000; ms += 10) {
      at(ms);
      bar.update(ms);
    }
    const lines = out.text.split('\r').slice(1);
    expect(lines).toHaveLength(10);
    expect(lines.every((line) => line.length === 79)).toBe(true);
  });

  test('leaves an empty line behind, and nothing at all when it never was drawn', () => {
    const { out, bar } = watch(true);
    bar.update(500);
    out.text = '';
    bar.end();
    expect(out.text).toBe(`\r${' '.repeat(79)}\r`);
    bar.end();
    const unused = watch(true);
    unused.bar.end();
    expect([out.text.length, unused.out.text]).toEqual([81, '']);
  });
});
