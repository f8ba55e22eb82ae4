/**
 * Resolves when all have ended: what comes behind it must not begin while one of them is still under way.
 * @throws what the first of them that failed threw.
 */
export async function allEnded(works: readonly Promise<unknown>[]): Promise<void> {
  for (const ended of await Promise.allSettled(works)) if (ended.status === 'rejected') throw ended.reason;
}
