import type { CommandIo } from '../commands/command.ts';
import { reportFailure } from '../commands/failure.ts';
import { logLines, type Say } from '../run/log-lines.ts';
import { listenToSignals } from '../run/signals.ts';
import { supervise } from '../run/supervise.ts';

/** As long as a container is given to end. */
const LONGEST_END = 30_000;

/** What works until it is told to end. */
export interface Served {
  /** Works until the signal says so; rejects when it cannot. */
  readonly work: (signal: AbortSignal, say: Say) => Promise<void>;
}

/**
 * Works until a signal, which ends it in order: 0. A second one, or 30 s, ends it as it is: 5. Resolves to the exit code.
 */
export async function serveUntilTold({ work }: Served, io: CommandIo): Promise<number> {
  const { say } = logLines(io.stderr, { application: 'publish' });
  const signals = listenToSignals((signal) => say('stopping', { signal }));
  const ended = work(signals.first, say).then(
    () => 0,
    (error: unknown) => (isAbort(error, signals.first) ? 0 : reportFailure(error, io)),
  );
  const one = { slot: 'publish', ended, stop: (): void => {}, abort: () => Promise.resolve() };
  try {
    const code = await supervise([one], signals, LONGEST_END);
    say('ended', { code });
    return code;
  } finally {
    signals.close();
  }
}

const isAbort = (error: unknown, signal: AbortSignal): boolean => signal.aborted && error === signal.reason;
