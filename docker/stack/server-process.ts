import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StreamsError } from '../../topology/model/errors.ts';
import { isPortTaken } from './free-ports.ts';
import { end, identityOf, isRunning, type ProcessIdentity, signal } from './process-identity.ts';

/** What is started: one program, in a folder of its own that takes its log, its pid file and its data. */
export interface Launch {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** How long a server may take to end in order. */
const GRACE_MS = 20_000;

/** A server of ours: outlives the process that started it, and is ended by its own pid and no other. */
export class ServerProcess {
  readonly launch: Launch;
  readonly log: string;
  readonly pidFile: string;
  #running: ProcessIdentity | undefined;

  constructor(launch: Launch) {
    mkdirSync(launch.folder, { recursive: true });
    this.launch = launch;
    this.log = join(launch.folder, `${launch.name}.log`);
    this.pidFile = join(launch.folder, `${launch.name}.pid`);
  }

  /** The pid while it runs; throws `server-not-started` otherwise. */
  get pid(): number {
    if (this.#running === undefined) {
      throw new StreamsError('server-not-started', `${this.launch.name} does not run.`);
    }
    return this.#running.pid;
  }

  get isRunning(): boolean {
    return this.#running !== undefined && isRunning(this.#running);
  }

  /** Starts it; the log of an earlier start is kept. The pid is on disk before anything else happens. */
  start(): void {
    if (this.isRunning) return;
    const { program, args, env, folder, name } = this.launch;
    const log = openSync(this.log, 'a');
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    // A program that cannot be executed has no pid; the fault itself is told through `error`, which must have a listener.
    child.on('error', () => undefined);
    child.unref();
    this.#running = child.pid === undefined ? undefined : identityOf(child.pid);
    if (this.#running === undefined) {
      throw new StreamsError('server-not-started', `${name} ended at once.\n${this.lastLines()}\n`);
    }
    writeFileSync(this.pidFile, JSON.stringify(this.#running));
  }

  /** Asks again and again until the server gives a real answer; throws `server-not-started` when it dies or takes too long. */
  async answers(ask: () => Promise<boolean>, withinMs = 120_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const answered = await ask().catch(() => false);
      // Asked afterwards: what answered may be another server, on a port that this one could not have.
      if (!this.isRunning) throw this.#failed('ended while it started');
      if (answered) return;
      if (Date.now() > deadline) throw this.#failed(`gave no answer within ${withinMs / 1000} s`);
      await pause(50);
    }
  }

  /** SIGTERM, and SIGKILL when that does not end it. */
  stop(): Promise<void> {
    return this.#end(GRACE_MS);
  }

  /** SIGKILL: nothing is flushed and nobody is told. */
  kill(): Promise<void> {
    return this.#end(0);
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void {
    if (this.#running !== undefined) signal(this.#running, 'SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    if (this.#running !== undefined) signal(this.#running, 'SIGCONT');
  }

  lastLines(count = 20): string {
    if (!existsSync(this.log)) return '';
    return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  }

  async #end(graceMs: number): Promise<void> {
    if (this.#running === undefined) return;
    await end(this.#running, graceMs);
    this.#running = undefined;
    rmSync(this.pidFile, { force: true });
  }

  #failed(what: string): ServerFailed {
    const lines = this.lastLines();
    return new ServerFailed(
      `${this.launch.name} ${what}. The last lines of ${this.log}:\n${lines}\n`,
      isPortTaken(lines),
    );
  }
}

/** A start that failed, and whether other ports may help. */
export class ServerFailed extends StreamsError {
  readonly portTaken: boolean;
  constructor(what: string, portTaken: boolean) {
    super('server-not-started', what);
    this.portTaken = portTaken;
  }
}

/** Starts with other ports while someone else is quicker to take them. */
export async function withFreshPorts<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 5 || !(error instanceof ServerFailed && error.portTaken)) throw error;
    }
  }
}
