import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endsWithUs } from './ends-with-us.ts';
import { processCpu, processPss } from './process-figures.ts';

/** A process that is measured; what it last wrote to its standard error is told when it ends by itself. */
export class MeasuredProcess {
  readonly #what: string;
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly #last: string[] = [];
  exitCode: number | undefined;

  /** @param what it is, at the beginning of a sentence. */
  constructor(what: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.#what = what;
    this.#process = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    endsWithUs(this.#process);
    this.#exit = once(this.#process, 'exit').then(([code]) => {
      this.exitCode = typeof code === 'number' ? code : -1;
    });
    if (this.#process.stderr !== null)
      createInterface(this.#process.stderr).on('line', (line) => {
        this.#last.push(line);
        if (this.#last.length > 20) this.#last.shift();
        this.said(line);
      });
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** CPU-seconds so far, user and system, all threads. */
  cpu(): number {
    return processCpu(this.pid);
  }

  /** Bytes of memory that are its share. */
  pss(): number {
    return processPss(this.pid);
  }

  /** @throws when it ended by itself. */
  assertAlive(): void {
    if (this.exitCode === undefined) return;
    throw new Error(`${this.#what} ended with ${this.exitCode}:\n${this.#last.join('\n')}`);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#signal('SIGKILL');
  }

  /** SIGTERM. */
  protected async end(): Promise<void> {
    this.assertAlive();
    await this.#signal('SIGTERM');
  }

  /** A line of its standard error. */
  protected said(_line: string): void {}

  async #signal(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#process.kill(signal);
    await this.#exit;
  }
}
