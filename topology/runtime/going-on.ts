import { isStreamsError } from '../model/errors.ts';

/** A piece of work that is told when it is no longer wanted. */
export type Work = (wanted: () => boolean) => Promise<void>;

/**
 * Has pieces of work done by `done`, which ends with the first error; here one that trying again may help ends its own piece only. So what
 * cannot be done for a while does not cost what is under way beside it, nor hold up what comes behind it. @throws the first such error when
 * all are through, and any other as `done` does.
 */
export async function goingOn(
  work: readonly Work[],
  done: (work: readonly Work[]) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const piece =
    (one: Work): Work =>
    async (wanted) => {
      try {
        await one(wanted);
      } catch (error) {
        if (!isStreamsError(error) || !error.retry) throw error;
        errors.push(error);
      }
    };
  await done(work.map(piece));
  if (errors.length > 0) throw errors[0];
}
