import { Writable } from 'node:stream';
import type { StartIo } from '../../../app/start/io.ts';
import type { Pace } from '../../../app/start/pace.ts';

/** Keeps what is written; a terminal when it has a size. */
export class Paper extends Writable {
  text = '';
  readonly isTTY: boolean;
  columns: number | undefined;
  rows: number | undefined;

  constructor(size?: { readonly columns: number; readonly rows: number }) {
    super();
    this.isTTY = size !== undefined;
    this.columns = size?.columns;
    this.rows = size?.rows;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

/** Real time that passes only in sleeps, and these take none: a run at full speed. */
export class QuickPace implements Pace {
  sleeps = 0;
  #now = 0;
  readonly #onSleep: (sleeps: number) => void;

  constructor(onSleep: (sleeps: number) => void = () => {}) {
    this.#onSleep = onSleep;
  }

  readonly now = (): number => this.#now;

  pass(ms: number): void {
    this.#now += ms;
  }

  readonly sleep = (ms: number): Promise<void> => {
    this.#now += ms;
    this.#onSleep(++this.sleeps);
    return Promise.resolve();
  };
}

/** The world of one start command, with a Ctrl-C of its own. */
export class World implements StartIo {
  readonly stdout: Paper;
  readonly env: Record<string, string> = { LANG: 'C.UTF-8', TERM: 'xterm' };
  readonly pace: QuickPace;
  listeners: (() => void)[] = [];

  constructor(stdout: Paper, onSleep?: (sleeps: number, world: World) => void) {
    this.stdout = stdout;
    this.pace = new QuickPace((sleeps) => onSleep?.(sleeps, this));
  }

  readonly onInterrupt = (listener: () => void): (() => void) => {
    this.listeners.push(listener);
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  };

  interrupt(): void {
    for (const listener of this.listeners) listener();
  }
}
