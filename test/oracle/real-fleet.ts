import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RecordingName } from './real-recordings.ts';

/** What an instance is told. */
export interface InstanceSettings {
  readonly driver: string;
  readonly bootstrap: string;
  /** URL of the Schema Registry. */
  readonly registry: string;
  readonly redis: { readonly host: string; readonly port: number };
  readonly application: string;
  readonly slot: string;
  /** The rules are those of this recording. */
  readonly recording: RecordingName;
}

const SCRIPT = fileURLToPath(new URL('./real-instance.ts', import.meta.url));

/** Instances of one application, each a process, one to a slot; one that is killed comes back under its name. */
export class Fleet {
  readonly #settings: Omit<InstanceSettings, 'slot'>;
  readonly #processes = new Map<string, ChildProcess>();
  readonly #failures: Promise<never>;
  #failed: (error: Error) => void = () => {};
  #stopping = false;
  /** Of each slot: its process can be told to end, or has ended. */
  readonly #ready = new Map<string, Promise<unknown>>();
  /** What the instances said of themselves. */
  readonly told: string[] = [];

  constructor(settings: Omit<InstanceSettings, 'slot'>) {
    this.#settings = settings;
    this.#failures = new Promise((_, reject) => {
      this.#failed = reject;
    });
    this.#failures.catch(() => {});
  }

  start(slot: string): void {
    const settings: InstanceSettings = { ...this.#settings, slot };
    const child = spawn(process.execPath, [SCRIPT, JSON.stringify(settings)]);
    const note = (lines: Buffer): void => void this.told.push(...lines.toString().trim().split('\n'));
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    this.#ready.set(slot, Promise.race([once(child.stdout, 'data'), once(child, 'exit')]));
    child.once('exit', (code, signal) => {
      if (!this.#stopping && signal !== 'SIGKILL')
        this.#failed(new Error(`${slot} ended with ${code}:\n${this.told.slice(-20).join('\n')}`));
    });
    this.#processes.set(slot, child);
  }

  /** Waits for it, unless an instance ends meanwhile, which nobody asked it to. */
  during<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failures]);
  }

  async kill(slot: string): Promise<void> {
    const child = this.#processes.get(slot);
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.start(slot);
  }

  /** Ends all in good order; their exit codes. */
  async stop(): Promise<unknown[]> {
    this.#stopping = true;
    return Promise.all(
      [...this.#processes].map(async ([slot, child]) => {
        // Told before it listens, it would end as if it were killed.
        await this.#ready.get(slot);
        if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const [code]: unknown[] = await ended;
        return code;
      }),
    );
  }
}
