import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../app/cli.ts', import.meta.url));

/** A line of the log, or the text of what is none. */
export type LogLine = Readonly<Record<string, unknown>>;

/** `sepsis-streams run ...` in a process of its own. */
export class RunProcess {
  /** What it has told so far. */
  readonly lines: LogLine[] = [];
  /** Its exit code; null: a signal ended it. */
  readonly exit: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #rest = '';

  /** @param cli the file of the command; that of the checkout unless told. */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>>, cli: string = CLI) {
    this.#child = spawn(process.execPath, [cli, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#read(chunk.toString()));
    this.exit = once(this.#child, 'close').then(([code]: unknown[]) => {
      this.#read('\n');
      return typeof code === 'number' ? code : null;
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** All that it has told, as text. */
  get text(): string {
    return this.lines
      .map((line) => (typeof line['text'] === 'string' ? line['text'] : JSON.stringify(line)))
      .join('\n');
  }

  /** The lines of an event so far. */
  of(event: string): LogLine[] {
    return this.lines.filter((line) => line['event'] === event);
  }

  /** The first line, from the `from`th on, that is of the event and has these fields. @throws Error when it ends before. */
  async told(event: string, fields: LogLine = {}, from = 0): Promise<LogLine> {
    let ended = false;
    void this.exit.then(() => {
      ended = true;
      this.#wake();
    });
    for (;;) {
      const found = this.lines
        .slice(from)
        .find(
          (line) =>
            line['event'] === event && Object.entries(fields).every(([name, value]) => line[name] === value),
        );
      if (found !== undefined) return found;
      if (ended) throw new Error(`It ended without ${event} ${JSON.stringify(fields)}:\n${this.text}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') this.lines.push(parsed(line));
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { text: line };
  }
}
