import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const SLOTS: readonly string[] = ['slot-0', 'slot-1', 'slot-2'];

/** What a worker said, and when: epoch milliseconds. */
export interface Said {
  readonly slot: string;
  readonly at: number;
  /** `committed 12`, `retrying broker-unavailable`, `aborted fenced`, `restored 1_0 7`, or a line of standard error. */
  readonly line: string;
}

/** Three workers of the checksum topology, each in a process of its own, that are to outlive whatever befalls the brokers. */
export class Fleet {
  readonly #bootstrap: string;
  readonly #application: string;
  readonly #program: URL;
  readonly #processes = new Map<string, ChildProcess>();
  readonly said: Said[] = [];
  /** Slots whose process ended without being told to. */
  readonly ended: string[] = [];

  /** Of that program, told `BOOTSTRAP APPLICATION SLOT`. */
  constructor(
    bootstrap: string,
    application: string,
    program: URL = new URL('./worker-process.ts', import.meta.url),
  ) {
    this.#bootstrap = bootstrap;
    this.#application = application;
    this.#program = program;
  }

  /** With these variables of the environment beside its own. */
  start(slot: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
    const file = fileURLToPath(this.#program);
    const child = spawn(process.execPath, [file, this.#bootstrap, this.#application, slot], {
      env: { ...process.env, ...env },
    });
    const hear = (text: Buffer): void => {
      for (const line of text.toString().trim().split('\n')) this.said.push({ slot, at: Date.now(), line });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code, signal) => {
      if (this.#processes.get(slot) === child) this.ended.push(`${slot}: ${code ?? signal}`);
    });
    this.#processes.set(slot, child);
    return child;
  }

  /** Ends one as with kill -9, and starts the next in its slot. */
  async replace(slot: string, env: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
    await this.#end(slot, 'SIGKILL');
    return this.start(slot, env);
  }

  /** Ends all in good order; their exit codes. */
  stop(): Promise<(number | null)[]> {
    return Promise.all([...this.#processes.keys()].map((slot) => this.#end(slot, 'SIGTERM')));
  }

  /** Lines of this kind since that time, of one slot or of all. */
  heard(kind: string, since: number, slot?: string): Said[] {
    return this.said.filter(
      (said) => said.at >= since && said.line.startsWith(kind) && (slot === undefined || said.slot === slot),
    );
  }

  /** What each said since that time, how often, and when last: a line per slot and kind, numbers at its end left out. */
  summary(since: number): string {
    const of = new Map<string, { times: number; last: number }>();
    for (const { slot, line, at } of this.heard('', since)) {
      const key = `${slot}: ${line.replace(/ \d+$/, '')}`;
      of.set(key, { times: (of.get(key)?.times ?? 0) + 1, last: at });
    }
    return [...of]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([text, { times, last }]) => `${text}: ${times} times, last after ${last - since} ms`)
      .join('\n');
  }

  async #end(slot: string, how: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#processes.get(slot);
    this.#processes.delete(slot);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null;
    const exit = once(child, 'exit');
    child.kill(how);
    await exit;
    return child.exitCode;
  }
}

/** The longest time between two of the moments, and up to the ends: milliseconds. */
export function longestGap(from: number, moments: readonly number[], to: number): number {
  const all = [from, ...moments.filter((at) => at >= from && at <= to), to];
  return Math.max(...all.slice(1).map((at, i) => at - (all[i] as number)));
}
