import type { Writable } from 'node:stream';
import { type Pace, realPace } from './pace.ts';

/** A stream that may be a terminal, as Node gives it. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

/** The world of the command, so that a test can be it. */
export interface StartIo {
  readonly stdout: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back at every request to end (Ctrl-C, SIGTERM). Returns what ends that. */
  readonly onInterrupt: (listener: () => void) => () => void;
  readonly pace: Pace;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** This process. */
export const processIo = (): StartIo => ({
  stdout: process.stdout,
  env: process.env,
  onInterrupt: (listener) => {
    for (const signal of SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    };
  },
  pace: realPace,
});
