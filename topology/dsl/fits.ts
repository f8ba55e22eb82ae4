import type { DeadLetter, Ignored } from '../model/outcome.ts';

/** Stands where a declaration is wrong, so that the compiler's message ends with what to mend. Nothing has this type. */
export interface Mend<Message extends string> {
  readonly __mend: Message;
}

/** `unknown` (no demand) when every `Given` is a `Wanted`. */
export type Fits<Given, Wanted> = [Given] extends [Wanted]
  ? unknown
  : Mend<'The topic holds another type than this flow gives: map the values first, or choose another topic.'>;

/** `unknown` (no demand) when no `Value` is a promise. */
export type Synchronous<Value> = [Extract<Value, PromiseLike<unknown>>] extends [never]
  ? unknown
  : Mend<'A step is synchronous: it gives values, not promises of values.'>;

/**
 * What goes on down the stream: everything but verdicts. Only the verdicts' own types are taken out, not every type
 * that happens to have a `reason`.
 */
export type Passed<Out> = Out extends DeadLetter
  ? DeadLetter extends Out
    ? never
    : Out
  : Out extends Ignored
    ? Ignored extends Out
      ? never
      : Out
    : Out;

/** What a predicate lets through: the narrowed type when it is a type guard. */
export type Kept<T, P> = P extends Guard<T, infer U> ? U : T;

type Guard<T, U extends T> = (value: T) => value is U;
