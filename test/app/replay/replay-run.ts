import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll } from 'vitest';
import type { ReplaySummary } from '../../../app/console/replay-summary.ts';
import { replayCommand } from '../../../app/replay/replay-command.ts';

/** A directory for a test file, gone when its tests are done. */
export function workDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sepsis-replay-'));
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** A stream that keeps what is written to it. */
export class Kept extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface ReplayRun {
  readonly said: string;
  readonly summary: ReplaySummary;
  /** The lines of a result, parsed; null when there is no such file. */
  readonly lines: <T = Record<string, unknown>>(name: string) => T[] | null;
}

/** Runs `replay` in this process with `--out`. */
export async function replayInto(out: string, ...args: readonly string[]): Promise<ReplayRun> {
  const stdout = new Kept();
  const code = await replayCommand([...args, '--out', out], { stdout, stderr: new Kept(), environment: {} });
  if (code !== 0) throw new Error(`replay ended with ${code}`);
  const summary: ReplaySummary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  const lines = <T>(name: string): T[] | null => {
    const path = join(out, `${name}.jsonl`);
    return existsSync(path) ? linesOf<T>(readFileSync(path, 'utf8')) : null;
  };
  return { said: stdout.text, summary, lines };
}

const linesOf = <T>(text: string): T[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): T => {
      const row: T = JSON.parse(line);
      return row;
    });

/** Records of all classes together: each must be in exactly one. */
export const classified = ({ used, ignored, deadLettered }: ReplaySummary): number =>
  [used, ...Object.values(ignored), ...Object.values(deadLettered)].reduce((sum, n) => sum + n, 0);
