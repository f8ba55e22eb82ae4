import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Round } from './course.ts';

const CLI = fileURLToPath(new URL('../../app/cli.ts', import.meta.url));

/** `sepsis-streams publish -` in a process of its own, which is told line by line what there is. */
export class PublishPipe {
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;
  #said = '';

  constructor(environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [CLI, 'publish', '-'], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
    // Whoever is killed reads no more.
    this.#child.stdin?.on('error', () => {});
    this.#exit = once(this.#child, 'close').then(([code]: unknown[]) =>
      typeof code === 'number' ? code : null,
    );
  }

  write(lines: Round): void {
    this.#child.stdin?.write(Buffer.concat(lines.flatMap((line) => [line, NEW_LINE])));
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }

  /** There is no more: resolves when all is acknowledged. @throws Error when it ends in another way. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    const code = await this.#exit;
    if (code !== 0) throw new Error(`publish ended with ${code}:\n${this.#said}`);
  }
}

const NEW_LINE = Buffer.from('\n');
