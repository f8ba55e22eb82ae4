import type { WorkerReport } from '../health/worker-report.ts';
import type { RunOptions } from './run-options.ts';

/** What a thread is given. */
export interface ThreadData {
  readonly options: RunOptions;
  readonly slot: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a thread is told. */
export type ToThread = 'stop' | 'abort';

/** What a thread tells: text for standard error, how its worker does, and that its transaction is aborted. */
export type FromThread =
  | { readonly text: string }
  | { readonly report: WorkerReport }
  | { readonly aborted: true };
