/**
 * Resolves when all have ended, with what they gave: what comes behind it must not begin while one of them is still under way.
 * @throws what the first of them that failed threw.
 */
export async function allEnded<R>(works: readonly Promise<R>[]): Promise<R[]> {
  return (await Promise.allSettled(works)).map((ended) => {
    if (ended.status === 'rejected') throw ended.reason;
    return ended.value;
  });
}
