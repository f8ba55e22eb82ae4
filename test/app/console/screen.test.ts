import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { TERMINAL } from '../../../app/console/ansi.ts';
import { openScreen } from '../../../app/console/screen.ts';

class Terminal extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
  /** What was written since the last call. */
  taken(): string {
    const text = this.text;
    this.text = '';
    return text;
  }
}

/** A terminal that takes nothing until it is told to. */
class BusyTerminal extends Writable {
  text = '';
  release: () => void = () => {};
  constructor() {
    super({ highWaterMark: 1 });
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    this.release = done;
  }
}

describe('the screen', () => {
  test('takes the terminal over and gives it back, once', () => {
    const out = new Terminal();
    const exits = process.listenerCount('exit');
    const screen = openScreen(out);
    expect(process.listenerCount('exit')).toBe(exits + 1);
    expect(out.taken()).toBe(TERMINAL.enter);
    screen.close();
    screen.close();
    expect(out.taken()).toBe(TERMINAL.leave);
    expect(process.listenerCount('exit')).toBe(exits);
  });

  test('what is switched on is switched off again', () => {
    const modes = (text: string, end: 'h' | 'l'): string[] =>
      [...text.matchAll(/\?(\d+)([hl])/g)].filter(([, , way]) => way === end).map(([, mode]) => mode ?? '');
    expect(modes(TERMINAL.leave, 'l').toSorted()).toEqual(modes(TERMINAL.enter, 'h').toSorted());
    expect(modes(TERMINAL.leave, 'h').toSorted()).toEqual(modes(TERMINAL.enter, 'l').toSorted());
  });

  test('writes only the lines that changed, and nothing when none did', () => {
    const out = new Terminal();
    const screen = openScreen(out);
    screen.draw(['one', 'two', 'three']);
    out.taken();
    screen.draw(['one', '2', 'three']);
    expect(out.taken()).toBe(
      `${TERMINAL.beginFrame}${TERMINAL.line(2)}2${TERMINAL.clearRest}${TERMINAL.endFrame}`,
    );
    screen.draw(['one', '2', 'three']);
    expect(out.taken()).toBe('');
    screen.close();
  });

  test('a shorter frame clears what the longer one left', () => {
    const out = new Terminal();
    const screen = openScreen(out);
    screen.draw(['one', 'two']);
    out.taken();
    screen.draw(['one']);
    expect(out.taken()).toContain(TERMINAL.line(2) + TERMINAL.clearRest);
    screen.close();
  });

  test('after a change of size everything is drawn again', () => {
    const out = new Terminal();
    const screen = openScreen(out);
    screen.draw(['one']);
    screen.forget();
    out.taken();
    screen.draw(['one']);
    expect(out.taken()).toContain('one');
    screen.close();
  });

  test('a terminal that cannot keep up gets fewer frames, and then the newest one whole', () => {
    const out = new BusyTerminal();
    const screen = openScreen(out);
    screen.draw(['first']);
    screen.draw(['second']);
    expect(out.writableNeedDrain).toBe(true);
    const queued = out.writableLength;
    screen.draw(['third']);
    expect(out.writableLength).toBe(queued);
    screen.close();
  });

  test('nothing is drawn after the end', () => {
    const out = new Terminal();
    const screen = openScreen(out);
    screen.close();
    out.taken();
    screen.draw(['late']);
    screen.forget();
    expect(out.taken()).toBe('');
  });
});
