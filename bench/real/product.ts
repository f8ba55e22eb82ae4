import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Variables } from '../../docker/stack/data-folder.ts';
import { HERE } from './here.ts';
import { MeasuredProcess } from './measured-process.ts';
import { packedCommand } from './packed.ts';

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
  /** Whose package it is; this checkout's unless told. */
  readonly checkout?: string;
  /** Runs the checkout as it is, file by file, and not its package. */
  readonly unpacked?: boolean;
  /** More flags of Node. */
  readonly flags?: readonly string[];
  /** More options of the command. */
  readonly options?: readonly string[];
}

/** `sepsis-streams run` in a process of its own, as it is published, with the flags of `npm start`. */
export class WorkerProcess extends MeasuredProcess {
  readonly restored: RestoredTask[] = [];
  readonly began: number = Date.now();
  /** Events of its log, by name. */
  readonly events: Map<string, number> = new Map();
  readonly #usage: string;

  constructor(worker: WorkerOptions) {
    const { application, slot, variables, checkout = HERE, flags = [], options = [] } = worker;
    const usage = join(mkdtempSync(join(tmpdir(), 'sepsis-streams-usage-')), 'usage.json');
    const cli = worker.unpacked === true ? join(checkout, 'app/cli.ts') : packedCommand(checkout);
    const node = ['--max-semi-space-size=32', ...flags, '--import', PRELOAD];
    const run = [cli, 'run', '--application', application, '--slot', slot, ...options];
    const env = { ...process.env, ...variables, BENCH_USAGE: usage, NODE_COMPILE_CACHE };
    super('A worker', process.execPath, [...node, ...run], env);
    this.#usage = usage;
  }

  /** Ends it in good order; CPU-seconds of its whole life, as it reports them. */
  async stop(): Promise<number> {
    await this.end();
    if (this.exitCode !== 0) this.assertAlive();
    const usage = JSON.parse(readFileSync(this.#usage, 'utf8')) as { readonly cpuSeconds: number };
    return usage.cpuSeconds;
  }

  protected override said(line: string): void {
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line) as { readonly event: string } & RestoredTask;
    this.events.set(event.event, (this.events.get(event.event) ?? 0) + 1);
    if (event.event === 'restored') this.restored.push({ ...event, seen: Date.now() });
  }
}
