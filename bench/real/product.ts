import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Variables } from '../../docker/stack/data-folder.ts';
import { endsWithUs } from './ends-with-us.ts';
import { HERE } from './here.ts';
import { processCpu, processPss } from './process-figures.ts';

const NODE_COMPILE_CACHE = join(tmpdir(), 'node-compile-cache');
const PRELOAD = fileURLToPath(new URL('./report-usage.ts', import.meta.url));

/** Runs a command of the product to its end. @throws what it wrote, when it fails. */
export async function command(variables: Variables, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(HERE, 'app/cli.ts'), ...args], {
    env: { ...process.env, ...variables },
  });
  return stdout;
}

/** Restored state of one task, as the worker tells it. */
export interface RestoredTask {
  readonly task: string;
  readonly entries: number;
  readonly replayed: number;
  readonly milliseconds: number;
  /** When it told so, epoch milliseconds. */
  readonly seen: number;
}

export interface WorkerOptions {
  readonly application: string;
  readonly slot: string;
  readonly variables: Variables;
  /** Where the product lies; this checkout unless told. */
  readonly checkout?: string;
  /** More flags of Node. */
  readonly flags?: readonly string[];
  /** More options of the command. */
  readonly options?: readonly string[];
}

/** `sepsis-streams run` in a process of its own, flags as `npm start` has them. */
export class WorkerProcess {
  readonly restored: RestoredTask[] = [];
  readonly began: number = Date.now();
  /** Events of its log, by name. */
  readonly events: Map<string, number> = new Map();
  readonly #process: ChildProcess;
  readonly #usage: string;
  readonly #exit: Promise<unknown>;
  readonly #last: string[] = [];
  exitCode: number | undefined;

  constructor({ application, slot, variables, checkout, flags = [], options = [] }: WorkerOptions) {
    this.#usage = join(mkdtempSync(join(tmpdir(), 'sepsis-streams-usage-')), 'usage.json');
    const cli = join(resolve(checkout ?? HERE), 'app/cli.ts');
    this.#process = spawn(
      process.execPath,
      [
        '--max-semi-space-size=32',
        ...flags,
        '--import',
        PRELOAD,
        cli,
        'run',
        '--application',
        application,
        '--slot',
        slot,
        ...options,
      ],
      {
        // As in the published package, which is JavaScript: nothing that strips types need be loaded.
        env: { ...process.env, ...variables, BENCH_USAGE: this.#usage, NODE_COMPILE_CACHE },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    endsWithUs(this.#process);
    this.#exit = once(this.#process, 'exit').then(([code]) => {
      this.exitCode = typeof code === 'number' ? code : -1;
    });
    if (this.#process.stderr !== null)
      createInterface(this.#process.stderr).on('line', (line) => this.#note(line));
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
    throw new Error(`A worker ended with ${this.exitCode}:\n${this.#last.join('\n')}`);
  }

  /** Ends it in good order; CPU-seconds of its whole life, as it reports them. */
  async stop(): Promise<number> {
    this.assertAlive();
    this.#process.kill('SIGTERM');
    await this.#exit;
    if (this.exitCode !== 0) this.assertAlive();
    const usage = JSON.parse(readFileSync(this.#usage, 'utf8')) as { readonly cpuSeconds: number };
    return usage.cpuSeconds;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }

  #note(line: string): void {
    this.#last.push(line);
    if (this.#last.length > 20) this.#last.shift();
    if (!line.startsWith('{')) return;
    const said = JSON.parse(line) as { readonly event: string } & RestoredTask;
    this.events.set(said.event, (this.events.get(said.event) ?? 0) + 1);
    if (said.event === 'restored') this.restored.push({ ...said, seen: Date.now() });
  }
}
