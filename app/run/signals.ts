/** A terminal sends its Ctrl-C to npm and to us, and npm passes its own on: that is no second one. */
const ECHO_MS = 250;

/** What the process is told by signals. */
export interface Signals {
  /** Aborted by the first. */
  readonly first: AbortSignal;
  /** Resolves with the second. */
  readonly second: Promise<void>;
  close(): void;
}

/** Listens to the signals that ask a process to end; each is told by its name. */
export function listenToSignals(told: (signal: string) => void): Signals {
  const first = new AbortController();
  const { promise: second, resolve } = Promise.withResolvers<void>();
  let since = 0;
  const heard = (signal: string): void => {
    told(signal);
    if (!first.signal.aborted) {
      since = performance.now();
      first.abort();
    } else if (performance.now() - since >= ECHO_MS) resolve();
  };
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, heard);
  return {
    first: first.signal,
    second,
    close: () => {
      for (const signal of signals) process.off(signal, heard);
    },
  };
}
