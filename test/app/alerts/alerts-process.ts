import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../app/cli.ts', import.meta.url));

/** `sepsis-streams alerts ...` in a process of its own. */
export class AlertsProcess {
  readonly #child: ChildProcess;
  readonly exit: Promise<number | null>;
  out = '';
  err = '';
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [CLI, 'alerts', ...args], {
      env: { ...process.env, DEBUG: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
      this.#wake();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
      this.#wake();
    });
    this.exit = once(this.#child, 'close').then(([code]: unknown[]) => {
      this.#wake();
      return typeof code === 'number' ? code : null;
    });
  }

  get lines(): string[] {
    return this.out.split('\n').filter((line) => line !== '');
  }

  /** Resolves when it has said so. @throws Error when it ends before. */
  async said(holds: (of: AlertsProcess) => boolean): Promise<void> {
    while (!holds(this)) {
      if (this.#child.exitCode !== null) throw new Error(`It ended:\n${this.out}\n${this.err}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
