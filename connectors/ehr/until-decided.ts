import { isStreamsError } from '../../topology/model/errors.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { pauseAfter } from '../sink/back-off.ts';
import type { Refusal } from './answer.ts';

/** Not decided: it is tried again, `after` so many milliseconds if the server said so. */
export interface Again {
  readonly kind: 'again';
  readonly code: string;
  readonly after: number | undefined;
}

/** Never accepted, for this reason. */
export interface NeverWritten {
  readonly kind: 'refused';
  readonly reason: string;
}

export interface Trying {
  readonly clock: Clock;
  readonly chance: () => number;
  readonly retrying?: (code: string) => void;
}

/** What the server does not hold yet is waited for, by the codes that say so, since it said so first: milliseconds. */
export interface Awaited {
  readonly codes: ReadonlySet<string>;
  readonly longest: number;
}

export const again = (code: string, after?: number): Again => ({ kind: 'again', code, after });

/** Again at once, in another way: nothing but what we do differently changes without time. */
export const OTHERWISE: Again = again('otherwise');

/** Tries until it is decided. Throws when the signal aborts. */
export async function untilDecided<W extends { readonly kind: string }>(
  attempt: () => Promise<W | Again>,
  { clock, chance, retrying }: Trying,
  awaited: Awaited,
  signal: AbortSignal,
): Promise<Exclude<W, Again> | NeverWritten> {
  // Not since the first try: a server that was away for longer than the wait would be waited for no more when it says so first.
  let unheldSince: number | undefined;
  for (let failures = 1; ; failures++) {
    const tried = await attempted(attempt, signal);
    if (!isAgain(tried)) return tried;
    const { code, after } = tried;
    if (awaited.codes.has(code)) {
      unheldSince ??= clock.now();
      if (clock.now() - unheldSince >= awaited.longest) return { kind: 'refused', reason: code };
    }
    if (tried === OTHERWISE) continue;
    retrying?.(code);
    await clock.sleep(pauseAfter(failures, chance(), after), signal);
    signal.throwIfAborted();
  }
}

const isAgain = <W extends { readonly kind: string }>(tried: W | Again): tried is Again =>
  tried.kind === 'again';

async function attempted<W>(
  attempt: () => Promise<W | Again>,
  signal: AbortSignal,
): Promise<Exclude<W, Again> | Again> {
  try {
    return (await attempt()) as Exclude<W, Again> | Again;
  } catch (error) {
    signal.throwIfAborted();
    // Certificates, rights and secrets are mended while the process runs; nothing is given up for them.
    if (isStreamsError(error)) return again(error.code);
    throw error;
  }
}

/** What a refusal means; `unheld` says what it means that the server does not hold a resource of that type. */
export function afterRefusal(refusal: Refusal, unheld: (type: string) => Again): Again | NeverWritten {
  switch (refusal.kind) {
    case 'conflict':
      return again('fhir-conflict');
    case 'later':
      return again(refusal.code, refusal.after);
    case 'never':
      return { kind: 'refused', reason: refusal.reason };
    case 'unheld':
      return unheld(refusal.type);
  }
}
