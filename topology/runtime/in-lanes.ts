/**
 * Does pieces of work in their order, so many of them side by side, as long as they are wanted: what is under way is told when it no longer
 * is. Resolves when nothing is under way any more. @throws the first error; after it nothing is begun.
 */
export async function inLanes(
  lanes: number,
  work: readonly ((wanted: () => boolean) => Promise<void>)[],
  wanted: () => boolean,
): Promise<void> {
  const errors: unknown[] = [];
  const still = (): boolean => errors.length === 0 && wanted();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let piece = work[next++]; piece !== undefined && still(); piece = work[next++]) {
      try {
        await piece(still);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (errors.length > 0) throw errors[0];
}
