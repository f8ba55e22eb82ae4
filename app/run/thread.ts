import { getCompileCacheDir } from 'node:module';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CommandIo } from '../commands/command.ts';
import { reportFailure } from '../commands/failure.ts';
import type { WorkerReport } from '../health/worker-report.ts';
import type { Running } from './running.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

/**
 * Three semi-spaces of 32 MB, as D-021 has them; a thread without a limit would take twice that. `--max-semi-space-size` holds for
 * all threads, and goes before it.
 */
const YOUNG_GENERATION_MB = 96;

/** Starts an instance in a thread of its own, which shares nothing with the others but standard error. */
export function startThread(
  data: ThreadData,
  io: Pick<CommandIo, 'stderr' | 'environment'>,
  report: (report: WorkerReport) => void,
): Running {
  // The same file in the checkout and in the package, where it is JavaScript.
  const file = new URL(`./instance-thread${extname(import.meta.url)}`, import.meta.url);
  const cache = getCompileCacheDir();
  const thread = new Worker(file, {
    workerData: data,
    env: { ...process.env, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const ended = Promise.withResolvers<number>();
  const aborted = Promise.withResolvers<void>();
  thread.on('message', (message: FromThread) => {
    if ('text' in message) io.stderr.write(message.text);
    else if ('report' in message) report(message.report);
    else aborted.resolve();
  });
  // It could not tell it itself: it has no memory left, or was never there.
  thread.on('error', (error) => reportFailure(error, io));
  thread.on('exit', (code) => {
    ended.resolve(code);
    aborted.resolve();
  });
  const tell = (message: ToThread): void => thread.postMessage(message);
  return {
    slot: data.slot,
    ended: ended.promise,
    stop: () => tell('stop'),
    abort: () => {
      tell('abort');
      return aborted.promise;
    },
  };
}
