import { isStreamsError } from '../../../topology/model/errors.ts';
import type { Pending, World } from './world.ts';

/** A named case: the same requests in the same order, and everything that was answered is noted. */
export interface Case {
  readonly name: string;
  readonly play: (world: World, note: Note) => Promise<void>;
}

/** Notes what came of something, and gives it. Undefined: it was refused. */
export type Note = <R>(what: string, work: Promise<R>) => Promise<R | undefined>;

/** Plays a case, and gives what was noted: a line each. */
export async function noted(world: World, { play }: Case): Promise<string[]> {
  const lines: string[] = [];
  await play(world, async (what, work) => {
    try {
      const came = await work;
      lines.push(`${what}: ${JSON.stringify(came ?? 'done')}`);
      return came;
    } catch (error) {
      if (!isStreamsError(error)) throw error;
      lines.push(`${what}: ${error.code}`);
      return undefined;
    }
  });
  return lines;
}

/** The answer, when it has come. @throws what was answered instead. */
export async function answerTo<A>(pending: Pending<A>): Promise<A> {
  await pending.answered;
  const { answer } = pending;
  if (answer === undefined) throw new Error('It is answered, and there is no answer.');
  return answer;
}

/** Lets time pass until it is so, and gives how it is then: after half a minute whatever it is. */
export async function inTime<R>(
  world: World,
  look: () => Promise<R>,
  isSo: (seen: R | string) => boolean,
): Promise<R | string> {
  for (let passed = 0; ; passed += 100) {
    let seen: R | string;
    try {
      seen = await look();
    } catch (error) {
      if (!isStreamsError(error)) throw error;
      seen = error.code;
    }
    if (isSo(seen) || passed > 30_000) return seen;
    await world.pass(100);
  }
}
