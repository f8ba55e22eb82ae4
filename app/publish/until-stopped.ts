/** Hands on what a source gives, until it ends or the signal says so, also while it waits for an input that says nothing. */
export async function* untilStopped<T>(source: AsyncGenerator<T>, signal: AbortSignal): AsyncGenerator<T> {
  let wake = (): void => {};
  const stop = (): void => wake();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      const next = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        wake = () => resolve(undefined);
        source.next().then(resolve, reject);
      });
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // A read that waits for ever cannot be waited for.
    if (!signal.aborted) await source.return(undefined);
  }
}

/** The same source with its first element read already: what is wrong at its beginning is known now. */
export async function begun<T>(source: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await source.next();
  return (async function* () {
    if (first.done === true) return;
    try {
      yield first.value;
      yield* source;
    } finally {
      await source.return(undefined);
    }
  })();
}
