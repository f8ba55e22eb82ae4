import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../app/cli.ts', import.meta.url));

/** `sepsis-streams run` in a process of its own. */
export class InstanceProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  /** Everything that it wrote to standard error. */
  said = '';

  constructor(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
    const env = { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...environment };
    this.#child = spawn(process.execPath, [CLI, 'run', ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (lines: Buffer) => {
      this.said += lines.toString();
    });
    this.#ended = once(this.#child, 'close').then(([code]: unknown[]) =>
      typeof code === 'number' ? code : null,
    );
  }

  /** Resolves to the address that it says it serves on. @throws what it said when it ended before. */
  async url(): Promise<string> {
    const port = /"event":"listening".*?"port":(\d+)/.exec(this.said)?.[1];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
    if (this.#child.exitCode !== null) throw new Error(`It ended: ${this.said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return this.url();
  }

  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(name);
  }

  /** Resolves to its exit code. */
  ended(): Promise<number | null> {
    return this.#ended;
  }
}
